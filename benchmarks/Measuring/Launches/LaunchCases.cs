using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>
/// Selects the cases of each launch. In a run of more than 100 cases, references are measured in half of the launches, and remedies in two
/// thirds. All other cases, and all cases of smaller runs, are measured in every launch.
/// </summary>
internal static class LaunchCases
{
    /// <summary>The largest number of cases of a run that is not large.</summary>
    public const int MaxCasesOfSmallRun = 100;

    // A median of three launches withstands one unusual launch.
    private const int MinReferenceLaunches = 3;

    // A remedy is compared with its method by a t interval over the launches. With four launches, its quantile is 3.2; with three, 4.3.
    private const int MinRemedyLaunches = 4;

    /// <summary>Whether a run of these cases is large.</summary>
    public static bool IsLarge(IReadOnlyCollection<CaseId> cases) => cases.Count > MaxCasesOfSmallRun;

    /// <summary>Returns the cases of a launch, in report order.</summary>
    /// <param name="number">The launch's number, from 1. The first launch measures all cases.</param>
    /// <param name="launches">The number of launches of the run.</param>
    /// <param name="cases">The cases of the run.</param>
    /// <param name="matrix">The matrix, which knows the methods' tags.</param>
    public static IReadOnlyList<CaseId> Of(int number, int launches, IReadOnlyList<CaseId> cases, Matrix matrix) =>
        IsLarge(cases) ? [.. cases.Where(id => IsMeasured(number, launches, LaunchesOf(id, launches, matrix)))] : cases;

    private static int LaunchesOf(CaseId id, int launches, Matrix matrix)
    {
        IReadOnlyList<string> tags = matrix.Catalog.Find(id.Method).Tags;
        return tags.Contains(BindingTags.Remedy) ? Math.Max(MinRemedyLaunches, launches * 2 / 3)
            : tags.Contains(BindingTags.Reference) ? Math.Max(MinReferenceLaunches, launches / 2)
            : launches;
    }

    // First all odd launches, then the even ones. So the launches of a reference are among those of a remedy that is compared with it.
    private static bool IsMeasured(int number, int launches, int measured) =>
        (number % 2 == 1 ? number / 2 : ((launches + 1) / 2) + (number / 2) - 1) < measured;
}
