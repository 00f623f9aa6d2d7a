using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>A ratio, and its p-value after the correction for the other ratios of its family.</summary>
/// <param name="Ratio">The ratio. Its standard error is at least the family's median.</param>
/// <param name="PValue">The corrected p-value.</param>
internal sealed record AdjustedRatio(PairedRatio Ratio, double PValue)
{
    /// <summary>Whether the ratio is shown to differ from 1.</summary>
    public bool IsShown => PValue <= PairedRatio.ErrorRate;
}

/// <summary>
/// Judges many ratios of a report together, so that all their claims share one error rate: at most 5 % of reports have a false claim.
/// </summary>
/// <remarks>
/// Holm's step-down procedure (1979) corrects the p-values, whatever the dependence between the ratios. A standard error is raised to the
/// median of the family's standard errors: with few launches, some agree by chance, and their t would be too large (Tusher, Tibshirani and
/// Chu 2001 add such a constant to the standard error).
/// </remarks>
internal static class PairedFamily
{
    /// <summary>Judges the ratios. The results have the same order.</summary>
    public static IReadOnlyList<AdjustedRatio> Judge(IReadOnlyList<PairedRatio> ratios)
    {
        double[] errors =
        [
            .. ratios.Where(ratio => ratio.Launches >= PairedRatio.MinLaunches).Select(ratio => ratio.StandardError).Order(),
        ];
        double least = errors.Length > 0 ? Medians.Middle(errors) : 0;
        PairedRatio[] raised = [.. ratios.Select(ratio => ratio with { StandardError = Math.Max(ratio.StandardError, least) })];
        IReadOnlyList<double> adjusted = HolmAdjusted([.. raised.Select(ratio => ratio.PValue)]);
        return [.. raised.Zip(adjusted, (ratio, pValue) => new AdjustedRatio(ratio, pValue))];
    }

    /// <summary>Corrects p-values by Holm's step-down procedure.</summary>
    internal static IReadOnlyList<double> HolmAdjusted(IReadOnlyList<double> pValues)
    {
        double[] adjusted = new double[pValues.Count];
        double greatest = 0;
        foreach ((int rank, int index) in Enumerable.Range(0, pValues.Count).OrderBy(index => pValues[index]).Index())
        {
            greatest = Math.Max(greatest, Math.Min(1, (pValues.Count - rank) * pValues[index]));
            adjusted[index] = greatest;
        }

        return adjusted;
    }
}
