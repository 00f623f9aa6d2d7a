using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// A case compared with the method "direct" for the same function and payload, within each launch. Times are in ns. A difference may be
/// below 0. The quantiles are those in <see cref="Quantile.Limited"/>.
/// </summary>
/// <param name="Difference">The quantiles of the case's call times minus those of "direct".</param>
/// <param name="Ratio">The p50 of the case ÷ the p50 of "direct".</param>
/// <param name="Delegation">The quantiles of the case's call times without the function's own time.</param>
internal sealed record OverheadFigures(QuantileFigures Difference, Figure Ratio, QuantileFigures Delegation)
{
    /// <summary>The p50 of the case minus the p50 of "direct", in ns.</summary>
    public Figure P50 => Difference[Quantile.P50];
}
