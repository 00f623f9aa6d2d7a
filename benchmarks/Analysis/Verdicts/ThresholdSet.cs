using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>
/// All limits on the overhead of a call. A limit of the user replaces the default limit for the cases that it applies to.
/// </summary>
internal sealed class ThresholdSet
{
    private const int MaxNamedCases = 12;
    private const int MaxShownThresholds = 4;

    private readonly IReadOnlyList<Threshold> _given;

    /// <summary>Parses the thresholds that the user gave.</summary>
    /// <param name="given">The texts of the threshold options.</param>
    /// <exception cref="UnusableInputException">A text is not a threshold.</exception>
    public ThresholdSet(IEnumerable<string> given) => _given = [.. given.Select(Threshold.Parse)];

    /// <summary>One line for reports: the limits that the user gave, and the default limits.</summary>
    public string Words
    {
        get
        {
            string limits = string.Join(", ", Quantile.Limited.Select(quantile =>
                $"{quantile} < {Format.Duration(quantile.DefaultLimitNs!.Value)}"));
            string more = _given.Count > MaxShownThresholds
                ? FormattableString.Invariant($" and {_given.Count - MaxShownThresholds} more thresholds")
                : "";
            return _given.Count == 0
                ? limits
                : $"{string.Join(", ", _given.Take(MaxShownThresholds).Select(threshold => threshold.Text))}{more}; else {limits}";
        }
    }

    /// <summary>The quantiles that are limited for some case, in ascending order.</summary>
    public IReadOnlyList<Quantile> Quantiles => [.. Quantile.Limitable.Where(quantile => IsLimited(quantile, _given))];

    /// <summary>
    /// Checks that each threshold of the user matches at least one delegating case, and that no two of them limit the same quantile of a
    /// case.
    /// </summary>
    /// <exception cref="UnusableInputException">A threshold matches no case, or two thresholds limit the same figure.</exception>
    public void RequireUsable(IEnumerable<CaseId> delegating)
    {
        CaseId[] cases = [.. delegating];
        if (_given.FirstOrDefault(threshold => !cases.Any(threshold.Holds)) is { } unused)
        {
            string named = string.Join(", ", cases.Select(id => id.ToString()).Take(MaxNamedCases));
            throw new UnusableInputException($"--threshold '{unused.Text}' matches no case that delegates.{unused.Cases.Question(cases)} "
                + $"Selected: {named}{(cases.Length > MaxNamedCases ? ", …" : "")}.");
        }

        foreach ((int index, Threshold one) in _given.Index())
        {
            foreach (Threshold other in _given.Skip(index + 1).Where(other => other.Quantile == one.Quantile))
            {
                if (cases.FirstOrDefault(id => one.Holds(id) && other.Holds(id)) is { } both)
                {
                    throw new UnusableInputException(
                        $"--threshold '{one.Text}' and '{other.Text}' both limit the {one.Quantile.Label} of {both}. "
                        + "Accepted: one of them.");
                }
            }
        }
    }

    /// <summary>The quantiles that are limited for a case, in ascending order.</summary>
    public IReadOnlyList<Quantile> QuantilesOf(CaseId id) =>
        [.. Quantile.Limitable.Where(quantile => IsLimited(quantile, _given.Where(threshold => threshold.Holds(id))))];

    /// <summary>Whether a limit of the user applies to a case.</summary>
    public bool AreGivenFor(CaseId id) => _given.Any(threshold => threshold.Holds(id));

    /// <summary>
    /// Whether a limit of the user names a case: its pattern matches the case, but not the same case of the method "direct".
    /// </summary>
    public bool Name(CaseId id) => _given.Any(threshold => threshold.Holds(id) && !threshold.Holds(id.By(BaselineMethod.Id)));

    /// <summary>
    /// Returns the limit on a quantile of a case's overhead, in ns: the last limit of the user that applies, otherwise the default limit.
    /// </summary>
    public double LimitNs(CaseId id, Quantile quantile) =>
        _given.LastOrDefault(threshold => threshold.Quantile == quantile && threshold.Holds(id))?.LimitNs
        ?? quantile.DefaultLimitNs
        ?? throw new ArgumentException($"{quantile} has no limit.", nameof(quantile));

    private static bool IsLimited(Quantile quantile, IEnumerable<Threshold> given) =>
        quantile.DefaultLimitNs is not null || given.Any(threshold => threshold.Quantile == quantile);
}
