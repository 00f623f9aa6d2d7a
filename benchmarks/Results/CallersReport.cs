using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>What one launch measured of one case with some callers at once, each calling again as soon as it was answered.</summary>
public sealed record CallersReport
{
    /// <summary>The callers.</summary>
    public required int Callers { get; init; }

    /// <summary>The calls of all of them.</summary>
    public required int Calls { get; init; }

    /// <summary>From the beginning of the callers to the end of the last call, in ns.</summary>
    public required double WallNs { get; init; }

    /// <summary>Every call's time, in ticks of the launch's clock: an HdrHistogram, V2 compressed, base64.</summary>
    public required string Histogram { get; init; }

    /// <summary>The longest call, in ns.</summary>
    public required double MaxNs { get; init; }

    /// <summary>Processor time a call, of all threads of the process, in ns.</summary>
    public required double CpuNs { get; init; }

    /// <summary>Bytes allocated a call, by all threads of the process: callers and runtime.</summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>Calls a second, of all callers together.</summary>
    [JsonIgnore]
    public double CallsPerSecond => Calls * 1e9 / WallNs;
}
