using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>A case's latency by quantile, up to the last quantile for which every launch has enough calls. Times in ns.</summary>
/// <param name="Points">The figure of each known quantile, over the launches.</param>
internal sealed record LatencyCurve(IReadOnlyList<Figure> Points)
{
    /// <summary>The curve of a case; null if no launch measured the case.</summary>
    /// <param name="summary">The case.</param>
    /// <param name="shares">The quantiles, from 0 to 1, ascending. The first one is always known.</param>
    public static LatencyCurve? Of(CaseSummary summary, IReadOnlyList<double> shares)
    {
        IReadOnlyDictionary<int, IReadOnlyList<double>> launches = Known(summary, shares);
        return launches.Count == 0 ? null : Over([.. launches.Values]);
    }

    /// <summary>A case's time ÷ its time in another run, between launches of the same number; null if no number is in both.</summary>
    /// <param name="before">The case in the other run.</param>
    /// <param name="after">The case.</param>
    /// <param name="shares">The quantiles, from 0 to 1, ascending.</param>
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

    // The quantiles of each launch, up to the last one with at least ten calls above it in every launch.
    private static IReadOnlyDictionary<int, IReadOnlyList<double>> Known(CaseSummary summary, IReadOnlyList<double> shares)
    {
        if (summary.Launches == 0)
        {
            return new Dictionary<int, IReadOnlyList<double>>();
        }

        int calls = summary.Passes.Min(pass => pass.Calls);
        return summary.QuantilesByLaunch([.. shares.TakeWhile((share, index) => index == 0 || Histograms.CallsNeeded(share) <= calls)]);
    }

    private static LatencyCurve Over(IReadOnlyList<IReadOnlyList<double>> launches) => new(
    [
        .. Enumerable.Range(0, launches.Min(launch => launch.Count))
            .Select(point => Figure.Of(launches.Select(launch => launch[point]))),
    ]);
}
