using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>A named size of a run: the defaults for <c>--launches</c> and <c>--iterations</c>.</summary>
/// <param name="Name">The profile's name.</param>
/// <param name="Launches">The number of launches, one after another.</param>
/// <param name="Calls">The number of timed calls per pass.</param>
/// <param name="PassLimitSeconds">The pass's time limit, in seconds. After it, no call starts.</param>
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
