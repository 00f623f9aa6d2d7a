namespace WorkerRpc.Benchmarks.Results;

/// <summary>What one launch measured of one case.</summary>
public sealed record PassReport
{
    /// <summary>A call that takes longer than the pass's p50 by this many ms, or more, has stalled.</summary>
    public const int StallMs = 10;

    /// <summary>The launch's number, from 1.</summary>
    public required int Launch { get; init; }

    /// <summary>The calls that were timed.</summary>
    public required int Calls { get; init; }

    /// <summary>Whether the pass ended by time, before all calls that the profile asks for.</summary>
    public required bool HitTimeLimit { get; init; }

    /// <summary>Every call's time, in ticks of the launch's clock: an HdrHistogram, V2 compressed, base64.</summary>
    public required string Histogram { get; init; }

    /// <summary>Every call's time less what its function ran, in ticks of the launch's clock; encoded alike. Null where it is not known.</summary>
    public required string? DelegationHistogram { get; init; }

    /// <summary>Calls longer than the histogram's ceiling; they stand in it at the ceiling.</summary>
    public required int AboveCeiling { get; init; }

    /// <summary>The mean call, in ns.</summary>
    public required double MeanNs { get; init; }

    /// <summary>The shortest call, in ns.</summary>
    public required double MinNs { get; init; }

    /// <summary>The longest call, in ns.</summary>
    public required double MaxNs { get; init; }

    /// <summary>From the beginning of the first call to the end of the last, in ns; null where it is not known.</summary>
    public required double? WallNs { get; init; }

    /// <summary>The same by the clock of the parent process, which was told of both; null where none was.</summary>
    public required double? ParentNs { get; init; }

    /// <summary>What the process did meanwhile; null where the calls were made by another process, which does not tell.</summary>
    public required ProcessReport? Process { get; init; }

    /// <summary>Bytes of the encoded request and response, a call; null where the calls were made by another process.</summary>
    public required double? MovedBytes { get; init; }

    /// <summary>The p50 of the first third of the calls, in ns.</summary>
    public required double FirstThirdP50Ns { get; init; }

    /// <summary>The p50 of the last third of the calls, in ns.</summary>
    public required double LastThirdP50Ns { get; init; }

    /// <summary>The calls that stalled; null where it is not known what they overlapped.</summary>
    public required StallReport? Stalls { get; init; }

    /// <summary>What the slowest calls overlapped; null where the pass is too short for a p99, or where it is not known.</summary>
    public required TailReport? Tail { get; init; }

    /// <summary>The same case with several callers at once, by their number, ascending; empty where none was asked for, and for references.</summary>
    public required IReadOnlyList<CallersReport> Callers { get; init; }
}

/// <summary>What the process that hosts caller and runtime did during a pass.</summary>
public sealed record ProcessReport
{
    /// <summary>Bytes allocated a call, by all threads of the process: caller and runtime.</summary>
    public required double AllocatedBytes { get; init; }

    /// <summary>Processor time a call, of all threads of the process, in ns.</summary>
    public required double CpuNs { get; init; }

    /// <summary>Collections during the pass, by generation: 0, 1, 2.</summary>
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>How long collections paused the process during the pass, in ns.</summary>
    public required double PausedNs { get; init; }

    /// <summary>Methods compiled during the pass.</summary>
    public required int CompiledMethods { get; init; }
}

/// <summary>The calls at or beyond a pass's p99, counted by the gravest thing that happened while they were in flight.</summary>
/// <param name="Calls">All of them.</param>
/// <param name="Gen2">Overlapped a pause of a full or background collection.</param>
/// <param name="Gen1">Else: of a generation 1 collection.</param>
/// <param name="Gen0">Else: of a generation 0 collection.</param>
/// <param name="Compilation">Else: a method was compiled.</param>
public sealed record TailReport(int Calls, int Gen2, int Gen1, int Gen0, int Compilation);

/// <summary>The calls that took longer than their pass's p50 by <see cref="PassReport.StallMs"/> or more, and what they overlapped.</summary>
/// <param name="Calls">All of them.</param>
/// <param name="TotalNs">Their times together, in ns.</param>
/// <param name="Collections">Overlapped a pause of a collection.</param>
/// <param name="Compilation">Else: a method was compiled.</param>
public sealed record StallReport(int Calls, double TotalNs, int Collections, int Compilation);
