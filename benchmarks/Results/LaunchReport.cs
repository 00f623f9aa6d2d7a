using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>How a launch ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LaunchOutcome>))]
public enum LaunchOutcome
{
    /// <summary>The launch tried all its cases. Single cases may have failed.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>The process crashed, or was killed because it hung. The cases that it had measured by then count.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The user interrupted the launch. The cases that it had measured by then count.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>One launch: a process that measures all cases.</summary>
public sealed record LaunchReport
{
    /// <summary>The launch's number, from 1.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Number { get; init; }

    /// <summary>How the launch ended.</summary>
    public required LaunchOutcome Outcome { get; init; }

    /// <summary>Why the launch did not finish; null if it finished.</summary>
    public required string? Error { get; init; }

    /// <summary>How long the process ran, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The clock's floor in this process; null if the process ended before it measured the clock.</summary>
    public required ClockFloor? Clock { get; init; }

    /// <summary>The time of the <c>--resume</c> that measured this launch; null if the run was not resumed before this launch.</summary>
    public required DateTimeOffset? ResumedAt { get; init; }

    /// <summary>The warm-up of each method.</summary>
    public required IReadOnlyList<WarmUpReport> WarmUps { get; init; }

    /// <summary>Other activity on the machine; null if not watched. A launch's own file always has null.</summary>
    public required NoiseReport? Noise { get; init; }
}
