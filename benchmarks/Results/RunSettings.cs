using System.Text.Json.Serialization;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Hosting;
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

    /// <summary>How long a case's pass goes on.</summary>
    [JsonIgnore]
    internal PassLimits Pass => new(Calls, TimeSpan.FromSeconds(PassLimitSeconds));
}

/// <summary>What a run measures where the user does not say it in numbers.</summary>
/// <param name="Name">The profile's name.</param>
/// <param name="Launches">Processes, one after another.</param>
/// <param name="Calls">Timed calls a case and launch.</param>
/// <param name="PassLimitSeconds">The time after which a pass begins no further call.</param>
internal sealed record Profile(string Name, int Launches, int Calls, double PassLimitSeconds)
{
    public const string DefaultName = "standard";

    public static readonly IReadOnlyList<Profile> All =
    [
        new("quick", 1, 2_000, 2),
        new(DefaultName, 6, 10_000, 2),
        new("full", 11, 50_000, 20),
    ];

    /// <exception cref="UnusableInputException">No profile has that name.</exception>
    public static Profile Find(string name) =>
        All.FirstOrDefault(profile => profile.Name == name) ?? throw UnusableInputException.Unknown("profile", name, All.Select(profile => profile.Name));
}
