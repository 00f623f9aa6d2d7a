using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>The verdicts on all delegating cases, and the verdict on the whole run.</summary>
internal sealed class RunVerdict
{
    private readonly Dictionary<CaseSummary, CaseVerdict> _cases;

    /// <summary>Judges all delegating cases of a run.</summary>
    /// <param name="report">The report of the run.</param>
    /// <param name="thresholds">The limits on the overhead.</param>
    /// <param name="cases">The cases of the run.</param>
    public RunVerdict(RunReport report, ThresholdSet thresholds, IReadOnlyList<CaseSummary> cases)
    {
        HashSet<string> remedies = report.Tagged(MethodTags.Remedy);
        _cases = cases
            .Where(one => one.Overhead is not null && (!remedies.Contains(one.Id.Method) || thresholds.Name(one.Id)))
            .ToDictionary(one => one, one => VerdictRule.Judge(one, LimitsOf(one, thresholds)));
        HashSet<string> deciding = DecidingMethods(report, [.. _cases.Keys.Select(one => one.Id.Method)]);
        Deciding =
        [
            .. _cases.Values.Where(verdict => deciding.Contains(verdict.Case.Id.Method) || thresholds.AreGivenFor(verdict.Case.Id)),
        ];
        Thresholds = thresholds;
    }

    /// <summary>The limits on the overhead.</summary>
    public ThresholdSet Thresholds { get; }

    /// <summary>
    /// The verdicts that decide the run's verdict: those of the methods that the user selected, and of each case that a threshold of the
    /// user names. If the user selected no method, the verdicts of "service-binding" decide, or of all methods if it was not measured.
    /// </summary>
    public IReadOnlyList<CaseVerdict> Deciding { get; }

    /// <summary>The run's verdict: the worst of the deciding verdicts. Null if no verdict decides.</summary>
    public Viability? Run => Deciding.Count == 0 ? null : Deciding.Max(verdict => verdict.Viability);

    /// <summary>
    /// Returns the verdict on a case. Returns null for the method "direct", for references, and for a remedy that no threshold of the user
    /// names.
    /// </summary>
    public CaseVerdict? Of(CaseSummary summary) => _cases.GetValueOrDefault(summary);

    /// <summary>The limits of a case that has a verdict: one for each limited quantile.</summary>
    public IReadOnlyList<Limit> LimitsOf(CaseSummary summary) => LimitsOf(summary, Thresholds);

    /// <summary>
    /// Finds the case that comes nearest to its limit or exceeds it most: its overhead is the greatest share of the limit. Only cases that
    /// decide the run's verdict are considered. A case with an unknown overhead is returned first. Returns null if no case decides.
    /// </summary>
    public (CaseSummary Case, Limit Limit)? Tightest(Quantile quantile) => Deciding
        .Select(verdict => ((CaseSummary Case, Limit Limit)?)(verdict.Case, LimitOf(verdict.Case, quantile, Thresholds)))
        .MaxBy(one => (one!.Value.Limit.Figure.Judged()?.High ?? double.MaxValue) / one.Value.Limit.LimitNs);

    // Remedies are left out, unless a threshold names them: they are compared with their methods.
    private static HashSet<string> DecidingMethods(RunReport report, HashSet<string> judged)
    {
        HashSet<string> delegating = [.. report.Delegating.Select(id => id.Method).Where(judged.Contains)];
        IEnumerable<string>[] choices = [report.Run.SelectedMethods ?? [], report.Tagged(MethodTags.Verdict)];
        return choices.Select(choice => delegating.Intersect(choice).ToHashSet()).FirstOrDefault(methods => methods.Count > 0, delegating);
    }

    private static Limit[] LimitsOf(CaseSummary summary, ThresholdSet thresholds) =>
        [.. thresholds.QuantilesOf(summary.Id).Select(quantile => LimitOf(summary, quantile, thresholds))];

    private static Limit LimitOf(CaseSummary summary, Quantile quantile, ThresholdSet thresholds) =>
        new(quantile, "overhead", summary.Overhead!.Difference[quantile], thresholds.LimitNs(summary.Id, quantile));
}
