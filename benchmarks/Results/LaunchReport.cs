using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Whether a launch finished, failed or was interrupted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LaunchOutcome>))]
public enum LaunchOutcome
{
    /// <summary>The launch tried to measure all its cases. Some of the cases may have failed.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>The process crashed, or was killed because it hung. The report keeps the cases that were measured before.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The user interrupted the launch. The report keeps the cases that were measured before.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>One launch: a process that measures all cases of the run.</summary>
public sealed record LaunchReport
{
    /// <summary>The launch's number, from 1.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Number { get; init; }

    /// <summary>Whether the launch finished, failed or was interrupted.</summary>
    public required LaunchOutcome Outcome { get; init; }

    /// <summary>The reason why the launch did not finish. Null if it finished.</summary>
    public required string? Error { get; init; }

    /// <summary>The duration of the process, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// The clock's resolution and the cost of timing a call in this process. Null if the process exited before it measured them.
    /// </summary>
    public required ClockFloor? Clock { get; init; }

    /// <summary>
    /// The time at which <c>--resume</c> continued the run that measured this launch. Null if the run was not resumed before this launch.
    /// </summary>
    public required DateTimeOffset? ResumedAt { get; init; }

    /// <summary>The warm-ups of the launch: one for each method.</summary>
    public required IReadOnlyList<WarmUpReport> WarmUps { get; init; }

    /// <summary>
    /// Other activity on the machine during the launch. Null if it was not watched, and always null in the launch's own file.
    /// </summary>
    public required NoiseReport? Noise { get; init; }

    /// <summary>
    /// The measurements of the anchor between the cases. Null if the caller was another process, if the anchor failed, or in reports of
    /// older programs.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AnchorReport? Anchor { get; init; }
}
