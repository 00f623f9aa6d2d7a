namespace WorkerRpc.Functions;

/// <summary>What the project's brief expects of a method on Cloudflare's architecture, in ms.</summary>
/// <param name="P50Ms">Where the p50 is expected.</param>
/// <param name="P99Ms">Where the p99 is expected.</param>
public sealed record ExpectedLatency(ExpectedRange P50Ms, ExpectedRange P99Ms);

/// <summary>A range in ms.</summary>
/// <param name="Low">Null for a range without a lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record ExpectedRange(double? Low, double High);
