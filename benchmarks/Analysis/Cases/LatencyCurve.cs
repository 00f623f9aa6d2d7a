using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// The quantiles of a case's call times, in ns, in ascending order. The curve ends at the last quantile for which each launch has enough
/// calls.
/// </summary>
/// <param name="Points">The figure of each known quantile, over the launches.</param>
internal sealed record LatencyCurve(IReadOnlyList<Figure> Points)
{
    /// <summary>Computes the curve of a case. Returns null if no launch measured the case.</summary>
    /// <param name="summary">The case.</param>
    /// <param name="shares">
    /// The quantiles to compute, from 0 to 1, ascending. The first of them must be one that each launch can compute.
    /// </param>
    public static LatencyCurve? Of(CaseSummary summary, IReadOnlyList<double> shares)
    {
        IReadOnlyDictionary<int, IReadOnlyList<double>> launches = Known(summary, shares);
        return launches.Count == 0 ? null : Over([.. launches.Values]);
    }

    /// <summary>
    /// Compares a case in two runs: for each quantile, the time in the later run ÷ the time in the earlier run. Launch 1 is compared with
    /// launch 1, launch 2 with launch 2, and so on. Returns null if no launch number occurs in both runs.
    /// </summary>
    /// <param name="before">The case in the earlier run.</param>
    /// <param name="after">The case in the later run.</param>
    /// <param name="shares">The quantiles to compare, from 0 to 1, ascending.</param>
    public static LatencyCurve? Ratio(CaseSummary before, CaseSummary after, IReadOnlyList<double> shares)
    {
        IReadOnlyDictionary<int, IReadOnlyList<double>> was = Known(before, shares);
        IReadOnlyList<double>[] ratios =
        [
            .. from now in Known(after, shares)
               where was.ContainsKey(now.Key)
               select now.Value.Zip(was[now.Key], (ns, thenNs) => ns / thenNs).ToArray(),
        ];
        return ratios.Length == 0 ? null : Over(ratios);
    }

    // Computes the quantiles of each launch. The key is the launch's number. A quantile is left out if a launch has fewer than ten calls
    // above it.
    private static IReadOnlyDictionary<int, IReadOnlyList<double>> Known(CaseSummary summary, IReadOnlyList<double> shares)
    {
        if (summary.Launches == 0)
        {
            return new Dictionary<int, IReadOnlyList<double>>();
        }

        int calls = summary.Passes.Min(pass => pass.Calls);
        return summary.QuantilesByLaunch([.. shares.TakeWhile((share, index) => index == 0 || Histograms.MinCalls(share) <= calls)]);
    }

    private static LatencyCurve Over(IReadOnlyList<IReadOnlyList<double>> launches) => new(
    [
        .. Enumerable.Range(0, launches.Min(launch => launch.Count))
            .Select(point => Figure.Of(launches.Select(launch => launch[point]))),
    ]);
}
