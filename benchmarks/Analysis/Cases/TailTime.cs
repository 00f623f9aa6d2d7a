using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// The share of the time that a case's slowest calls took, over all launches. A call of 300 ms among 1,500 calls of 1 µs is in no p99,
/// but a caller waits almost only for it.
/// </summary>
/// <param name="Share">The share of the calls' total time that calls beyond the p99 of their launch took, from 0 to 1.</param>
/// <param name="StalledShare">
/// The share that calls took which are beyond the p99 and stalled: <see cref="PassReport.StallMs"/> ms or more above the p50.
/// </param>
/// <param name="LaunchNs">The time that calls beyond the p99 took in a launch on average, in ns.</param>
/// <param name="LongestNs">The duration of the longest call, in ns.</param>
/// <param name="Mean">The mean duration of a call.</param>
/// <param name="P99">The p99 of the calls.</param>
internal sealed record TailTime(double Share, double StalledShare, double LaunchNs, double LongestNs, Figure Mean, Figure P99)
{
    private const double MostOfTheTime = 0.5;
    private const double NotedStalls = 0.1;

    /// <summary>
    /// Whether calls that no p99 shows take so much time that a reader must know it: a tenth in stalled calls, or half of the time. A pass
    /// of 10,000 calls of 0.1 µs takes only 1 ms, and any interruption by the system takes half of it. So half of the time must be 10 ms
    /// or more.
    /// </summary>
    public bool IsStall =>
        StalledShare >= NotedStalls || (Share >= MostOfTheTime && LaunchNs >= Milliseconds.ToNs(PassReport.StallMs));

    /// <summary>The share as text for reports, and the mean if it is not below the p99.</summary>
    public string Words
    {
        get
        {
            string mean = Mean.Value is { } meanNs && P99.Value is { } p99Ns && meanNs >= p99Ns
                ? $"; the mean is {Format.Duration(meanNs)}, {Format.Significant(meanNs / p99Ns)} × the p99"
                : "";
            return $"{Format.Percent(Share, "0.0")} of the time went to calls beyond p99, up to {Format.Duration(LongestNs)}{mean}";
        }
    }

    /// <summary>Computes the shares of a case. Null if a launch has too few calls for a p99, or if the clock showed no time.</summary>
    public static TailTime? Of(IReadOnlyList<DecodedPass> passes, Figure mean, Figure p99)
    {
        double totalNs = passes.Sum(pass => pass.Report.MeanNs * pass.Report.Calls);
        if (totalNs <= 0 || passes.Any(pass => pass.Report.Calls < Histograms.MinCalls(Quantile.P99.Share)))
        {
            return null;
        }

        double beyondNs = passes.Sum(pass => pass.BeyondP99Ns(0));
        return new TailTime(
            Math.Min(1, beyondNs / totalNs),
            Math.Min(1, passes.Sum(pass => pass.BeyondP99Ns(Milliseconds.ToNs(PassReport.StallMs))) / totalNs),
            beyondNs / passes.Count,
            passes.Max(pass => pass.Report.MaxNs),
            mean,
            p99);
    }
}
