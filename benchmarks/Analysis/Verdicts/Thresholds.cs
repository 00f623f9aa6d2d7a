using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>The limits on the overhead of a call: the user's where they hold, else the defaults.</summary>
internal sealed class Thresholds
{
    private const int MaxNamedCases = 12;

    private readonly IReadOnlyList<Threshold> _given;

    /// <param name="given">The option's values.</param>
    /// <exception cref="UnusableInputException">A value is not a threshold.</exception>
    public Thresholds(IEnumerable<string> given) => _given = [.. given.Select(Threshold.Parse)];

    /// <summary>The limits as reports write them: the defaults, and whether the user gave others.</summary>
    public string Words
    {
        get
        {
            string limits = string.Join(", ", Quantile.Limited.Select(quantile =>
                $"{quantile} < {Format.Duration(quantile.DefaultLimitNs!.Value)}"));
            return _given.Count == 0 ? limits : $"the given thresholds, else {limits}";
        }
    }

    /// <summary>Checks that each threshold of the user matches a delegating case.</summary>
    /// <exception cref="UnusableInputException">A threshold matches no case.</exception>
    public void RequireMatches(IEnumerable<CaseId> delegating)
    {
        CaseId[] cases = [.. delegating];
        if (_given.FirstOrDefault(threshold => !cases.Any(threshold.Holds)) is { } unused)
        {
            string named = string.Join(", ", cases.Select(id => id.ToString()).Take(MaxNamedCases));
            throw new UnusableInputException($"--threshold '{unused.Text}' matches no case that delegates. "
                + $"Selected: {named}{(cases.Length > MaxNamedCases ? ", …" : "")}.");
        }
    }

    /// <summary>Whether the user gave a limit that holds for a case.</summary>
    public bool AreGivenFor(CaseId id) => _given.Any(threshold => threshold.Holds(id));

    /// <summary>Whether the user gave a limit for a case by a pattern that does not also match direct's case.</summary>
    public bool Name(CaseId id) => _given.Any(threshold => threshold.Holds(id) && !threshold.Holds(id.By(BaselineMethod.Id)));

    /// <summary>A case's limit on a quantile of its overhead, in ns: the user's last one that holds, else the default.</summary>
    public double LimitNs(CaseId id, Quantile quantile) =>
        _given.LastOrDefault(threshold => threshold.Quantile == quantile && threshold.Holds(id))?.LimitNs
        ?? quantile.DefaultLimitNs
        ?? throw new ArgumentException($"{quantile} has no limit.", nameof(quantile));
}
