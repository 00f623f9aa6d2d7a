using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>How a run was asked for.</summary>
public sealed record RunSettings
{
    /// <summary>The launches that can be asked for.</summary>
    public static readonly Bounds<int> LaunchBounds = new(1, 100, "launches");

    /// <summary>The calls a case and launch that can be asked for.</summary>
    public static readonly Bounds<int> CallBounds = new(1, 1_000_000, "timed calls a case and launch");

    /// <summary>The profile's name.</summary>
    public required string Profile { get; init; }

    /// <summary>The launches that were asked for.</summary>
    public required int Launches { get; init; }

    /// <summary>The calls a case and launch that were asked for.</summary>
    public required int Calls { get; init; }

    /// <summary>The time after which a pass begins no further call, in seconds.</summary>
    public required double PassLimitSeconds { get; init; }

    /// <summary>The numbers of callers at once that each case is measured with besides, ascending; empty where none was asked for.</summary>
    public required IReadOnlyList<int> Callers { get; init; }

    /// <summary>What the order of the cases is drawn from.</summary>
    public required int Seed { get; init; }

    /// <summary>The thresholds that the user gave, as given.</summary>
    public required IReadOnlyList<string> Thresholds { get; init; }

    /// <summary>The arguments that go to BenchmarkDotNet.</summary>
    public required IReadOnlyList<string> BenchmarkDotNetArguments { get; init; }

    /// <summary>The running caller worker that is asked to make the calls; null where the run starts launches.</summary>
    public required string? CallerUrl { get; init; }

    /// <summary>The user's file that is measured as a payload besides; null for none.</summary>
    public required PayloadFileReport? PayloadFile { get; init; }

    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The commit that is measured; null where git does not say.</summary>
    public required string? Commit { get; init; }

    /// <summary>Whether the work tree differs from the commit; null where git does not say.</summary>
    public required bool? Dirty { get; init; }
}
