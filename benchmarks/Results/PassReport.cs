using System.ComponentModel.DataAnnotations;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>One pass: the timed calls of one case in one launch.</summary>
public sealed record PassReport
{
    /// <summary>A call stalled if it took at least this many ms longer than the pass's p50.</summary>
    public const int StallMs = 10;

    /// <summary>The launch's number, from 1.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Launch { get; init; }

    /// <summary>The number of timed calls.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Calls { get; init; }

    /// <summary>Whether the time limit ended the pass before all requested calls were made.</summary>
    public required bool HitTimeLimit { get; init; }

    /// <summary>The time of every call, in ticks of the launch's clock: an HdrHistogram in V2 compressed encoding, as base64.</summary>
    [MinLength(1)]
    public required string Histogram { get; init; }

    /// <summary>
    /// The time of every call without the function's own time, in ticks, encoded like <see cref="Histogram"/>; null if unknown.
    /// </summary>
    [MinLength(1)]
    public required string? DelegationHistogram { get; init; }

    /// <summary>The number of calls above the histogram's ceiling. The histogram counts them at the ceiling.</summary>
    public required int AboveCeiling { get; init; }

    /// <summary>The mean time of a call, in ns.</summary>
    public required double MeanNs { get; init; }

    /// <summary>The time of the shortest call, in ns.</summary>
    public required double MinNs { get; init; }

    /// <summary>The time of the longest call, in ns.</summary>
    public required double MaxNs { get; init; }

    /// <summary>The time from the start of the first call to the end of the last call, in ns; null if unknown.</summary>
    public required double? WallNs { get; init; }

    /// <summary>The length of the pass by the parent process's clock, in ns; null if there was no parent process.</summary>
    public required double? ParentNs { get; init; }

    /// <summary>The resource use of the process during the pass; null if another process made the calls.</summary>
    public required ProcessReport? Process { get; init; }

    /// <summary>Bytes of the encoded request and response per call; null if another process made the calls.</summary>
    public required double? MovedBytes { get; init; }

    /// <summary>The p50 of the first third of the calls, in ns.</summary>
    public required double FirstThirdP50Ns { get; init; }

    /// <summary>The p50 of the last third of the calls, in ns.</summary>
    public required double LastThirdP50Ns { get; init; }

    /// <summary>The stalled calls and their causes; null if the causes are unknown.</summary>
    public required StallReport? Stalls { get; init; }

    /// <summary>The causes of the slowest calls; null if unknown, or if the pass has too few calls for a p99.</summary>
    public required TailReport? Tail { get; init; }

    /// <summary>
    /// The same case with several concurrent callers, ascending by their number; empty if not requested, and for references.
    /// </summary>
    public required IReadOnlyList<CallersReport> Callers { get; init; }
}

/// <summary>The resource use, during a pass, of the process that hosts caller and runtime.</summary>
public sealed record ProcessReport
{
    /// <summary>Bytes allocated per call, by all threads of the process: caller and runtime.</summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>Processor time per call, of all threads of the process, in ns.</summary>
    public required double CpuNs { get; init; }

    /// <summary>The number of garbage collections during the pass, by generation: 0, 1, 2.</summary>
    [Length(3, 3)]
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>How long garbage collections paused the process during the pass, in ns.</summary>
    public required double PausedNs { get; init; }

    /// <summary>The number of methods that the JIT compiled during the pass.</summary>
    public required int CompiledMethods { get; init; }
}

/// <summary>The calls at or above a pass's p99, counted by cause. A call with several causes counts for the first of them here.</summary>
/// <param name="Calls">The number of calls at or above the p99.</param>
/// <param name="Gen2">The calls that overlapped a pause of a gen 2 or background collection.</param>
/// <param name="Gen1">The calls that overlapped a pause of a gen 1 collection.</param>
/// <param name="Gen0">The calls that overlapped a pause of a gen 0 collection.</param>
/// <param name="Compilation">The calls during which the JIT compiled a method.</param>
public sealed record TailReport(int Calls, int Gen2, int Gen1, int Gen0, int Compilation);

/// <summary>
/// The stalled calls of a pass, counted by cause: see <see cref="PassReport.StallMs"/>. A call with both causes counts as a
/// collection.
/// </summary>
/// <param name="Calls">The number of stalled calls.</param>
/// <param name="TotalNs">The sum of their times, in ns.</param>
/// <param name="Collections">The calls that overlapped a pause of a garbage collection.</param>
/// <param name="Compilation">The calls during which the JIT compiled a method.</param>
public sealed record StallReport(int Calls, double TotalNs, int Collections, int Compilation);
