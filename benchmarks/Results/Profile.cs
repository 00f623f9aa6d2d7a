using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

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
