using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The content of <c>report.json</c>: all measurements of a run. All tables are computed from this data alone.</summary>
/// <remarks>
/// A test generates the JSON Schema, <c>report.schema.json</c> beside this file, from these types: bounds from attributes, descriptions
/// from summaries. The test fails if the file differs; <c>UPDATE_GOLDEN=1</c> writes the file.
/// <para>Newer programs read older reports, and older programs read newer reports. A new member must therefore be nullable and without
/// <c>required</c>, and its summary must say what null means. Older programs skip the new member. If you remove a member or change its
/// meaning, increase <see cref="CurrentSchemaVersion"/>.</para>
/// </remarks>
public sealed record RunReport
{
    /// <summary>The name of the file with a run's report.</summary>
    public const string FileName = "report.json";

    /// <summary>The schema version that this program writes and reads.</summary>
    public const int CurrentSchemaVersion = 4;

    /// <summary>The version of this program.</summary>
    public static string CurrentProgramVersion { get; } = typeof(RunReport).Assembly.GetName().Version!.ToString(3);

    /// <summary>The schema version of the report. A program rejects reports of other schema versions.</summary>
    [AllowedValues(CurrentSchemaVersion)]
    public required int SchemaVersion { get; init; }

    /// <summary>The version of the program that wrote the report. Null in reports of older programs, which do not write it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProgramVersion { get; init; }

    /// <summary>The run's options.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>Whether the user interrupted the run before all launches finished.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>
    /// Whether the run ended before all its launches, because its verdict was certain. Null, also in reports of older programs, if it did
    /// not end early.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? EndedEarly { get; init; }

    /// <summary>
    /// The machine, the runtime and the runtime's settings. Null if no launch reported them, or if the caller is another process.
    /// </summary>
    public required EnvironmentReport? Environment { get; init; }

    /// <summary>The measured methods, in report order.</summary>
    [MinLength(1)]
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The launches of the run, in the order in which they ran.</summary>
    public required IReadOnlyList<LaunchReport> Launches { get; init; }

    /// <summary>The cases of the run, in report order.</summary>
    [MinLength(1)]
    public required IReadOnlyList<CaseReport> Cases { get; init; }

    /// <summary>The number of launches that finished.</summary>
    [JsonIgnore]
    internal int FinishedLaunches => Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);

    /// <summary>The launches and cases that failed, each with its error message.</summary>
    [JsonIgnore]
    internal IEnumerable<string> Failures =>
    [
        .. Launches.Where(launch => launch.Outcome == LaunchOutcome.Failed)
            .Select(launch => $"launch {launch.Number} failed: {launch.Error}"),
        .. Cases.SelectMany(one => one.Failures.Select(failure => $"{one.Id} failed in launch {failure.Launch}: {failure.Error}")),
    ];

    /// <summary>Returns the ids of the methods that have the category <paramref name="tag"/>.</summary>
    internal HashSet<string> Tagged(string tag) => [.. Methods.Where(method => method.Tags.Contains(tag)).Select(method => method.Id)];

    /// <summary>
    /// The cases of the delegating methods: all cases except those of the method "direct", of references and of remedies.
    /// </summary>
    [JsonIgnore]
    internal IEnumerable<CaseId> Delegating
    {
        get
        {
            HashSet<string> others = [BaselineMethod.Id, .. Tagged(MethodTags.Remedy)];
            return Cases.Select(one => one.Id).Where(id => !id.IsReference && !others.Contains(id.Method));
        }
    }
}
