using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The cases and settings of one launch. The parent process sends them to the launch.</summary>
public sealed record LaunchPlan
{
    /// <summary>The launch's number within the run. The first launch has number 1.</summary>
    public required int Number { get; init; }

    /// <summary>The short names of the cases, in the order of execution.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>The run's settings.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>An assembly with additional bindings. If it is null, there are only the built-in bindings.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>An assembly with functions of the user. If it is null, there are only the built-in functions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? FunctionsAssembly { get; init; }

    /// <summary>The text of the user's payload file, which the run reads once for all launches. Null if the user gave no file.</summary>
    public required string? PayloadText { get; init; }

    /// <summary>
    /// The texts of the files of the user's payload folder, in the order of the run's settings. Null if there is no folder.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? PayloadTexts { get; init; }

    /// <summary>
    /// The garbage collector settings that the process must have, in the form of the report. If null, all settings are
    /// accepted.
    /// </summary>
    public string? GarbageCollector { get; init; }

    /// <summary>
    /// The name of a recorder that deliberately records wrong values, for the self-test. If it is null, the recorder is
    /// correct.
    /// </summary>
    public string? Sabotage { get; init; }

    /// <summary>The folder for BenchmarkDotNet's own output.</summary>
    public required string Folder { get; init; }

    /// <summary>Returns the texts that the calls of a case send in turn. Empty if the label is that of a standard payload.</summary>
    internal IReadOnlyList<string> TextsOf(string payload)
    {
        string[] labels = [.. Run.PayloadFile?.Labels ?? []];
        int index = Array.IndexOf(labels, payload);
        return index < 0 ? [] : index > 0 ? [PayloadTexts![index - 1]] : PayloadTexts ?? [PayloadText!];
    }

    /// <summary>Creates a plan with the cases in random order. The order depends only on the run's seed and the launch's number.</summary>
    internal static LaunchPlan Make(
        int number, IReadOnlyList<CaseId> cases, RunSettings settings, string? bindingsAssembly, string? payloadText, string folder)
    {
        string[] order = [.. cases.Select(id => id.ToString())];
        new Random(unchecked((settings.Seed * 397) ^ number)).Shuffle(order);
        return new LaunchPlan
        {
            Number = number,
            Cases = order,
            Run = settings,
            BindingsAssembly = bindingsAssembly,
            PayloadText = payloadText,
            Folder = folder,
        };
    }
}
