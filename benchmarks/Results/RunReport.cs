using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The content of <c>report.json</c>: everything that a run measured. All tables are made from it alone.</summary>
/// <remarks>
/// The JSON Schema, <c>report.schema.json</c> beside this file, is generated from these types. Its bounds come from their attributes,
/// its descriptions from their summaries. A test compares the file; <c>UPDATE_GOLDEN=1</c> writes it.
/// <para/>
/// Reports outlive versions of the program. To add a member, leave out <c>required</c>, make it nullable, and say what null
/// means: older reports lack the member. Older programs skip it. To remove a member or to change its meaning, increase
/// <see cref="CurrentSchemaVersion"/>.
/// </remarks>
public sealed record RunReport
{
    /// <summary>The file that a run's report is written to.</summary>
    public const string FileName = "report.json";

    /// <summary>The schema version that this program writes and reads.</summary>
    public const int CurrentSchemaVersion = 4;

    /// <summary>The version of this program.</summary>
    public static string CurrentProgramVersion { get; } = typeof(RunReport).Assembly.GetName().Version!.ToString(3);

    /// <summary>The schema version. A program refuses a version other than its own.</summary>
    [AllowedValues(CurrentSchemaVersion)]
    public required int SchemaVersion { get; init; }

    /// <summary>The version of the program that wrote the report; null in reports that lack it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ProgramVersion { get; init; }

    /// <summary>The run's options.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>Whether the run was interrupted before all launches finished.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>The machine, the runtime and its settings; null if no launch reported them, or if the caller is another process.</summary>
    public required EnvironmentReport? Environment { get; init; }

    /// <summary>The methods, in report order.</summary>
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The launches, in the order in which they ran.</summary>
    public required IReadOnlyList<LaunchReport> Launches { get; init; }

    /// <summary>The cases, in report order.</summary>
    public required IReadOnlyList<CaseReport> Cases { get; init; }

    /// <summary>The ids of the methods that have a category.</summary>
    internal HashSet<string> Tagged(string tag) => [.. Methods.Where(method => method.Tags.Contains(tag)).Select(method => method.Id)];

    /// <summary>The cases of the delegating methods: all but direct, references and remedies.</summary>
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
