namespace WorkerRpc.Functions;

/// <summary>The latency of a method on Cloudflare that the project's brief expects, in ms.</summary>
/// <param name="P50Ms">The range in which the p50 is expected, in ms.</param>
/// <param name="P99Ms">The range in which the p99 is expected, in ms.</param>
public sealed record ExpectedLatency(ExpectedRange P50Ms, ExpectedRange P99Ms);

/// <summary>A range of latencies in ms.</summary>
/// <param name="Low">The lower end of the range, in ms. Null if the range has no lower end.</param>
/// <param name="High">The upper end of the range, in ms.</param>
public sealed record ExpectedRange(double? Low, double High);
