using System.Text.Json.Serialization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>How a launch ended.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LaunchOutcome>))]
public enum LaunchOutcome
{
    /// <summary>All its cases are done; single ones may have failed.</summary>
    [JsonStringEnumMemberName("finished")]
    Finished,

    /// <summary>It died, or was killed because it hung. What it had measured by then counts.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>The user ended it. What it had measured by then counts.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,
}

/// <summary>One process's measurement.</summary>
public sealed record LaunchReport
{
    /// <summary>From 1.</summary>
    public required int Number { get; init; }

    /// <summary>How it ended.</summary>
    public required LaunchOutcome Outcome { get; init; }

    /// <summary>Why it did not finish; null where it did.</summary>
    public required string? Error { get; init; }

    /// <summary>How long the process ran, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The clock's floor in this process; null where it died before it was measured.</summary>
    public required ClockFloor? Clock { get; init; }

    /// <summary>When the run was resumed that measured it; null where it was measured before any resumption.</summary>
    public required DateTimeOffset? ResumedAt { get; init; }

    /// <summary>The warm-up of each method.</summary>
    public required IReadOnlyList<WarmUpReport> WarmUps { get; init; }

    /// <summary>What else went on on the machine; null where nobody watched, as in the report that a launch itself writes.</summary>
    public required NoiseReport? Noise { get; init; }
}
