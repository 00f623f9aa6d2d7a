namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// What else went on on the machine before and during a launch, as the process that started the launch saw it. Null is
/// what this machine does not tell.
/// </summary>
public sealed record NoiseReport
{
    /// <summary>The load average of the minute before the launch, in tasks. For a reader: it holds the launch before, so no grade depends on it.</summary>
    public required double? LoadBefore { get; init; }

    /// <summary>What other processes kept busy in the quarter second before the launch, in cores.</summary>
    public required double? OthersBeforeCores { get; init; }

    /// <summary>What other processes kept busy during the launch, in cores, on average; null also for a launch of less than a second.</summary>
    public required double? OthersCores { get; init; }

    /// <summary>What the hypervisor gave to others during the launch, in cores, on average.</summary>
    public required double? StealCores { get; init; }

    /// <summary>How long the control group held its threads back during the launch because its quota was spent, in ms, added up over processors.</summary>
    public required double? ThrottledMs { get; init; }

    /// <summary>How the processors' frequency is chosen; several, with commas, where processors differ.</summary>
    public required string? Governor { get; init; }

    /// <summary>How late a timer of the watching process fired at most, in ms.</summary>
    public required double LongestStallMs { get; init; }

    /// <summary>How often that timer was late by more than 10 ms.</summary>
    public required int Stalls { get; init; }

    /// <summary>What the watching process itself kept busy while passes ran, in cores, on average; null where they took less than a second together.</summary>
    public required double? ParentCores { get; init; }
}
