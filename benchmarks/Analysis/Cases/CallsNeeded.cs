using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Whether each launch has enough calls for a quantile.</summary>
internal static class CallsNeeded
{
    /// <summary>Names the first launch with too few calls for a quantile; null where each launch has enough.</summary>
    public static string? Missing(Quantile quantile, IEnumerable<(int Launch, int Calls)> launches)
    {
        long needed = Histograms.CallsNeeded(quantile.Share);
        return launches.Where(launch => launch.Calls < needed)
            .Select(few => FormattableString.Invariant($"needs {needed} calls; launch {few.Launch} has {few.Calls}"))
            .FirstOrDefault();
    }
}
