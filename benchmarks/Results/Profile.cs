using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A named set of defaults for the size of a run: <c>--launches</c>, <c>--iterations</c> and the time limit of a pass.</summary>
/// <param name="Name">The profile's name.</param>
/// <param name="Launches">The number of launches, which run one after another.</param>
/// <param name="Calls">The number of timed calls per pass.</param>
/// <param name="PassLimitSeconds">The time limit of a pass, in seconds. No call starts after the limit.</param>
internal sealed record Profile(string Name, int Launches, int Calls, double PassLimitSeconds)
{
    public const string DefaultName = "standard";

    public static readonly IReadOnlyList<Profile> All =
    [
        new("quick", 1, 2_000, 2),
        new(DefaultName, 6, 10_000, 2),
        new("full", 11, 50_000, 20),
    ];

    /// <summary>Finds a profile by its name.</summary>
    /// <exception cref="UnusableInputException">No profile has that name.</exception>
    public static Profile Find(string name) =>
        All.FirstOrDefault(profile => profile.Name == name)
        ?? throw UnusableInputException.Unknown("profile", name, All.Select(profile => profile.Name));
}
