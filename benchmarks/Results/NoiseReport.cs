using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// Other activity on the machine before and during a launch. The process that started the launch recorded it. A member is null if the
/// machine does not report the value.
/// </summary>
public sealed record NoiseReport
{
    /// <summary>
    /// The machine's load average in the minute before the launch: the average number of running or waiting tasks. The value includes the
    /// previous launch, so it does not affect the noise grade.
    /// </summary>
    public required double? LoadBefore { get; init; }

    /// <summary>The average number of cores that other processes used in the 250 ms before the launch.</summary>
    public required double? OthersBeforeCores { get; init; }

    /// <summary>
    /// The average number of cores that other processes used during the launch. Null also if the launch took less than 1 s.
    /// </summary>
    public required double? OthersCores { get; init; }

    /// <summary>The average number of cores that the hypervisor gave to other virtual machines during the launch (steal).</summary>
    public required double? StealCores { get; init; }

    /// <summary>
    /// The time that the launch's threads had to wait because the control group had used up its processor quota, in ms. The time is summed
    /// over the processors.
    /// </summary>
    public required double? ThrottledMs { get; init; }

    /// <summary>The frequency governor of the processors. If processors have different governors, they are listed with commas.</summary>
    public required string? Governor { get; init; }

    /// <summary>The longest delay of a timer in the watching process, in ms.</summary>
    public required double LongestStallMs { get; init; }

    /// <summary>How many times a timer in the watching process was late by more than 10 ms.</summary>
    public required int Stalls { get; init; }

    /// <summary>
    /// The average number of cores that the watching process used during the passes. Null if all passes together took less than 1 s.
    /// </summary>
    public required double? ParentCores { get; init; }

    /// <summary>The number of processors that the watching process may use. Null in reports of older programs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(1, double.PositiveInfinity)]
    public int? AllowedCores { get; init; }
}
