namespace WorkerRpc.Benchmarks.Results;

/// <summary>The warm-up of one method in one launch.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Steady">Whether it became steady before the time was up.</param>
/// <param name="Reason">What was seen: why it is held to be steady, or what still moved.</param>
/// <param name="Curve">How it went.</param>
public sealed record WarmUpReport(string Method, bool Steady, string Reason, IReadOnlyList<WarmUpPoint> Curve)
{
    /// <summary>
    /// The methods that a warm process may compile in a stretch or in a pass: now and then one of a timer, of the thread pool or of
    /// BenchmarkDotNet. A cold process compiles hundreds.
    /// </summary>
    public const int QuietMethods = 10;
}

/// <summary>One stretch of a warm-up.</summary>
/// <param name="Seconds">When it ended, from the method's first call.</param>
/// <param name="P50Ns">The geometric mean, over the method's cases, of each one's p50 in this stretch, in ns.</param>
/// <param name="CompiledMethods">Methods that were compiled meanwhile; null where it is not known.</param>
public sealed record WarmUpPoint(double Seconds, double P50Ns, int? CompiledMethods);
