using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The measurement of one case in one launch with several concurrent callers. Each caller starts its next call as soon as the
/// previous one returns.
/// </summary>
public sealed record CallersReport
{
    /// <summary>The number of concurrent callers.</summary>
    [Range(CallerCounts.Min, CallerCounts.Max)]
    public required int Callers { get; init; }

    /// <summary>The number of calls, summed over all callers.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Calls { get; init; }

    /// <summary>The time from the start of the callers until the last call returned, in ns.</summary>
    [Range(0, double.PositiveInfinity, MinimumIsExclusive = true)]
    public required double WallNs { get; init; }

    /// <summary>The durations of all calls, in ticks of the launch's clock: an HdrHistogram in V2 compressed encoding, as base64.</summary>
    [MinLength(1)]
    public required string Histogram { get; init; }

    /// <summary>The duration of the longest call, in ns.</summary>
    public required double MaxNs { get; init; }

    /// <summary>Processor time per call, in ns, summed over all threads of the process.</summary>
    public required double CpuNs { get; init; }

    /// <summary>
    /// Bytes allocated per call, summed over all threads of the process. The process contains the callers and the runtime worker.
    /// </summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>
    /// The number of calls, those of the warm-up included, that had a wrong answer. The other figures leave them out. Null if none had.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(1, double.PositiveInfinity)]
    public int? FailedCalls { get; init; }

    /// <summary>Calls per second, summed over all callers.</summary>
    [JsonIgnore]
    public double CallsPerSecond => Calls * 1e9 / WallNs;
}
