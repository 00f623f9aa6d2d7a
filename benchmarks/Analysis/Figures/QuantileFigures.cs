namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>A set of figures: one for each quantile in a list.</summary>
internal sealed class QuantileFigures
{
    private readonly Dictionary<Quantile, Figure> _figures;

    /// <summary>Computes the figure of each quantile.</summary>
    /// <param name="quantiles">The quantiles.</param>
    /// <param name="figure">A function that computes the figure of a quantile.</param>
    public QuantileFigures(IEnumerable<Quantile> quantiles, Func<Quantile, Figure> figure) =>
        _figures = quantiles.ToDictionary(quantile => quantile, figure);

    /// <summary>The figure of a quantile.</summary>
    /// <exception cref="KeyNotFoundException">The set has no figure for this quantile.</exception>
    public Figure this[Quantile quantile] => _figures[quantile];
}
