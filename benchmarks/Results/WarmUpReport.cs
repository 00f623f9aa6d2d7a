namespace WorkerRpc.Benchmarks.Results;

/// <summary>The warm-up of one method in one launch.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Steady">Whether the times became steady before the warm-up's time limit.</param>
/// <param name="Reason">Why the warm-up is steady, or what still changed.</param>
/// <param name="Curve">The stretches of the warm-up, in order.</param>
public sealed record WarmUpReport(string Method, bool Steady, string Reason, IReadOnlyList<WarmUpPoint> Curve)
{
    /// <summary>
    /// A warm process compiles at most this many methods in a stretch or a pass: now and then a method of a timer, of the thread
    /// pool or of BenchmarkDotNet. A cold process compiles hundreds.
    /// </summary>
    public const int QuietMethods = 10;
}

/// <summary>One stretch of a warm-up.</summary>
/// <param name="Seconds">The end of the stretch, in seconds after the method's first call.</param>
/// <param name="P50Ns">The geometric mean of the p50s of the method's cases in this stretch, in ns.</param>
/// <param name="CompiledMethods">The number of methods that the JIT compiled during the stretch; null if unknown.</param>
public sealed record WarmUpPoint(double Seconds, double P50Ns, int? CompiledMethods);
