using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>How much faster or slower a method's calls became during the timed calls of a pass.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Ratio">The p50 of the last third of a pass's calls ÷ the p50 of the first third. It is the median over all passes.</param>
internal sealed record Drift(string Method, double Ratio)
{
    /// <summary>Computes the drift of each method, and sorts the methods by ratio, the lowest ratio first.</summary>
    public static IReadOnlyList<Drift> All(RunReport report) =>
    [
        .. from one in report.Cases
           from pass in one.Passes
           where pass.FirstThirdP50Ns > 0
           group pass.LastThirdP50Ns / pass.FirstThirdP50Ns by one.Method into method
           let ratio = Medians.Middle([.. method.Order()])
           orderby ratio
           select new Drift(method.Key, ratio),
    ];
}
