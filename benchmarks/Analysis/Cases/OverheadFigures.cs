using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// A case compared with direct, for the same function, payload and launch. Times in ns; a difference may be negative. All
/// quantiles are those of <see cref="Quantile.Limited"/>.
/// </summary>
/// <param name="Difference">The quantile of the case minus that of direct.</param>
/// <param name="Ratio">The p50 of the case ÷ that of direct.</param>
/// <param name="Delegation">The quantile of the calls' times without the function's own time.</param>
internal sealed record OverheadFigures(QuantileFigures Difference, Figure Ratio, QuantileFigures Delegation)
{
    /// <summary>The difference at p50.</summary>
    public Figure P50 => Difference[Quantile.P50];
}
