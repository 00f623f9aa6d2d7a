using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>The cases and settings of one launch. The parent process sends them to the launch.</summary>
public sealed record LaunchPlan
{
    /// <summary>The launch's number in the run, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The short names of the cases, in the order of execution.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>The run's settings.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>An assembly with more bindings; null for none.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>The text of the payload file, which the run reads once for all launches; null for none.</summary>
    public required string? PayloadText { get; init; }

    /// <summary>The garbage collector settings that the process must have, as the report writes them; null for any.</summary>
    public string? GarbageCollector { get; init; }

    /// <summary>The name of a falsified recorder, for the self-test; null for the correct recorder.</summary>
    public string? Sabotage { get; init; }

    /// <summary>The folder for BenchmarkDotNet's own output.</summary>
    public required string Folder { get; init; }

    /// <summary>Creates a plan with the cases in random order. The run's seed and the launch's number decide the order.</summary>
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
