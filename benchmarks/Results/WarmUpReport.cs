namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The warm-up of one method in one launch: calls before the measurement, until the call times become steady or a limit is reached.
/// </summary>
/// <param name="Method">The method's id.</param>
/// <param name="Steady">Whether the call times became steady before the warm-up's time limit.</param>
/// <param name="Reason">Why the warm-up is steady, or what still changed at its end.</param>
/// <param name="Curve">The stretches (time slices) of the warm-up, in order.</param>
public sealed record WarmUpReport(string Method, bool Steady, string Reason, IReadOnlyList<WarmUpPoint> Curve)
{
    /// <summary>
    /// The limit below which a process counts as warm: the JIT compiles at most this many methods in a stretch of the warm-up or in a pass.
    /// A warm process still compiles a few methods of timers, of the thread pool or of BenchmarkDotNet. A cold process compiles hundreds.
    /// </summary>
    public const int QuietMethods = 10;
}

/// <summary>One stretch (time slice) of a warm-up.</summary>
/// <param name="Seconds">The end of the stretch, in seconds after the method's first call.</param>
/// <param name="P50Ns">The geometric mean of the p50s of the method's cases in this stretch, in ns.</param>
/// <param name="CompiledMethods">The number of methods that the JIT compiled during the stretch; null if the number is unknown.</param>
public sealed record WarmUpPoint(double Seconds, double P50Ns, int? CompiledMethods);
