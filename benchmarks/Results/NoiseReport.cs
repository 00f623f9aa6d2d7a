namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// Other activity on the machine before and during a launch, watched by the process that started the launch. A member is null if
/// this machine does not report the value.
/// </summary>
public sealed record NoiseReport
{
    /// <summary>
    /// The load average of the minute before the launch, in tasks. It includes the previous launch, so it does not affect the noise
    /// grade.
    /// </summary>
    public required double? LoadBefore { get; init; }

    /// <summary>The processor use of other processes in the 250 ms before the launch, in cores.</summary>
    public required double? OthersBeforeCores { get; init; }

    /// <summary>The average processor use of other processes during the launch, in cores; null also for a launch under 1 s.</summary>
    public required double? OthersCores { get; init; }

    /// <summary>The average processor time that the hypervisor gave to other guests during the launch, in cores.</summary>
    public required double? StealCores { get; init; }

    /// <summary>
    /// How long the threads waited during the launch because the control group had used up its processor quota, in ms, summed over
    /// processors.
    /// </summary>
    public required double? ThrottledMs { get; init; }

    /// <summary>The frequency governor of the processors; a list with commas if processors differ.</summary>
    public required string? Governor { get; init; }

    /// <summary>The longest delay of a timer in the watching process, in ms.</summary>
    public required double LongestStallMs { get; init; }

    /// <summary>How often a timer in the watching process was late by more than 10 ms.</summary>
    public required int Stalls { get; init; }

    /// <summary>
    /// The average processor use of the watching process while passes ran, in cores; null if the passes took less than 1 s in total.
    /// </summary>
    public required double? ParentCores { get; init; }
}
