using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Checks that each launch has enough calls to compute a quantile.</summary>
internal static class CallsNeeded
{
    /// <summary>Describes the first launch that has too few calls for a quantile. Returns null if each launch has enough calls.</summary>
    public static string? Missing(Quantile quantile, IEnumerable<(int Launch, int Calls)> launches)
    {
        long needed = Histograms.MinCalls(quantile.Share);
        return launches.Where(launch => launch.Calls < needed)
            .Select(few => FormattableString.Invariant($"needs {needed} calls; launch {few.Launch} has {few.Calls}"))
            .FirstOrDefault();
    }
}
