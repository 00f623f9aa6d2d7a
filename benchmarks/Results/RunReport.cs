using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// Everything that a run measured, as it stands in <c>report.json</c>. All tables are made from it alone; its JSON
/// Schema is <c>report.schema.json</c> beside this file.
/// </summary>
public sealed record RunReport
{
    /// <summary>The file that a run's report is written to.</summary>
    public const string FileName = "report.json";

    /// <summary>The version of this form. A reader refuses another one.</summary>
    public const int CurrentSchemaVersion = 4;

    /// <summary>The version of the form that the report was written in.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>How the run was asked for.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>Whether the run was interrupted before all launches were done.</summary>
    public required bool Interrupted { get; init; }

    /// <summary>What the launches ran on; null where none came so far, or where the caller is another process.</summary>
    public required EnvironmentReport? Environment { get; init; }

    /// <summary>The methods, in report order.</summary>
    public required IReadOnlyList<MethodReport> Methods { get; init; }

    /// <summary>The launches, in the order in which they ran.</summary>
    public required IReadOnlyList<LaunchReport> Launches { get; init; }

    /// <summary>The cases, in report order.</summary>
    public required IReadOnlyList<CaseReport> Cases { get; init; }

    /// <summary>The ids of the methods of a category.</summary>
    internal HashSet<string> Tagged(string tag) => [.. Methods.Where(method => method.Tags.Contains(tag)).Select(method => method.Id)];

    /// <summary>The cases of the methods that delegate: not of direct, of references, or of remedies.</summary>
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
