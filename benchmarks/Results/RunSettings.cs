using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The options of a run, and the commit that it measures.</summary>
public sealed record RunSettings
{
    /// <summary>The accepted range of <c>--launches</c>.</summary>
    public static readonly Bounds<int> LaunchBounds = new(1, 100, "launches");

    /// <summary>The accepted range of <c>--iterations</c>.</summary>
    public static readonly Bounds<int> CallBounds = new(1, 1_000_000, "timed calls a case and launch");

    /// <summary>The profile's name.</summary>
    public required string Profile { get; init; }

    /// <summary>The number of launches that the user requested.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Launches { get; init; }

    /// <summary>The number of timed calls per pass that the user requested.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Calls { get; init; }

    /// <summary>The time limit of a pass, in seconds. No call starts after the limit.</summary>
    public required double PassLimitSeconds { get; init; }

    /// <summary>
    /// Whether a pass stops before its limits as soon as its p50, p95 and p99 have narrow sampling intervals. Null, also in reports of
    /// older programs, if every pass continues to a limit.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? PassesMayEndEarly { get; init; }

    /// <summary>
    /// The numbers of concurrent callers, ascending. Each is measured in an additional pass. The list is empty if the user requested none.
    /// </summary>
    [Distinct]
    [MaxLength(CallerCounts.MaxCounts)]
    [Range(CallerCounts.Min, CallerCounts.Max)]
    public required IReadOnlyList<int> Callers { get; init; }

    /// <summary>The seed for the random order of the cases.</summary>
    public required int Seed { get; init; }

    /// <summary>The thresholds as the user gave them.</summary>
    public required IReadOnlyList<string> Thresholds { get; init; }

    /// <summary>
    /// The ids of the delegating methods that the user selected. Their cases decide the run's verdict. Null if the user selected none, and
    /// in reports of older programs: then the cases of "service-binding" decide.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? SelectedMethods { get; init; }

    /// <summary>
    /// The number of calls that a pass makes even if they take longer than the time limit, so that slow calls have the quantiles that a
    /// verdict needs. Null in reports of older programs, whose passes ended at the time limit.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Range(1, double.PositiveInfinity)]
    public int? LeastCalls { get; init; }

    /// <summary>The arguments that the user gave for BenchmarkDotNet.</summary>
    public required IReadOnlyList<string> BenchmarkDotNetArguments { get; init; }

    /// <summary>The URL of a caller worker that is already running and makes the calls. Null if the run starts its own launches.</summary>
    public required string? CallerUrl { get; init; }

    /// <summary>The user's payload file, which is measured as an additional payload. Null if the user gave no file.</summary>
    public required PayloadFileReport? PayloadFile { get; init; }

    /// <summary>
    /// The kind of the payloads, except for the user's file. Reports of older programs do not have this member: their payloads are letters.
    /// </summary>
    public PayloadKind PayloadKind { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The commit that was measured. Null if git does not report a commit.</summary>
    public required string? Commit { get; init; }

    /// <summary>Whether the work tree had uncommitted changes. Null if git does not report it.</summary>
    public required bool? Dirty { get; init; }
}
