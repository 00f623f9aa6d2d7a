using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>What one launch measures.</summary>
public sealed record LaunchPlan
{
    /// <summary>Its number in the run, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>The short names of the cases, in the order of execution.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>How the run was asked for.</summary>
    public required RunSettings Run { get; init; }

    /// <summary>An assembly with more bindings; null for none.</summary>
    public required string? BindingsAssembly { get; init; }

    /// <summary>The text of the run's payload file, as it was read once for all launches; null for none.</summary>
    public required string? PayloadText { get; init; }

    /// <summary>What the process's garbage collector has to run with, in the report's words; null for anything.</summary>
    public string? GarbageCollector { get; init; }

    /// <summary>The self-test's name for a recorder that lies; null for the true one.</summary>
    public string? Sabotage { get; init; }

    /// <summary>Where BenchmarkDotNet's own output goes.</summary>
    public required string Folder { get; init; }

    /// <summary>A launch's plan. The order of its cases is drawn from the run's seed and the launch's number.</summary>
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
