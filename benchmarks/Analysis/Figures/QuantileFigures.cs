namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>One figure for each of some quantiles.</summary>
internal sealed class QuantileFigures
{
    private readonly Dictionary<Quantile, Figure> _figures;

    /// <param name="quantiles">The quantiles.</param>
    /// <param name="figure">The figure of a quantile.</param>
    public QuantileFigures(IEnumerable<Quantile> quantiles, Func<Quantile, Figure> figure) =>
        _figures = quantiles.ToDictionary(quantile => quantile, figure);

    /// <exception cref="KeyNotFoundException">There is no figure of this quantile.</exception>
    public Figure this[Quantile quantile] => _figures[quantile];
}
