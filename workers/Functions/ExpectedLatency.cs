namespace WorkerRpc.Functions;

/// <summary>The latency that the project's brief expects of a method on Cloudflare, in ms.</summary>
/// <param name="P50Ms">The expected range of the p50, in ms.</param>
/// <param name="P99Ms">The expected range of the p99, in ms.</param>
public sealed record ExpectedLatency(ExpectedRange P50Ms, ExpectedRange P99Ms);

/// <summary>A range in ms.</summary>
/// <param name="Low">The lower end in ms; null for none.</param>
/// <param name="High">The upper end in ms.</param>
public sealed record ExpectedRange(double? Low, double High);
