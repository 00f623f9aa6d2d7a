using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>The comparison of two reports, in the data of the page.</summary>
/// <param name="Base">The name of the base, which is the report to compare with.</param>
/// <param name="Current">The name of the report that is compared with the base.</param>
/// <param name="Verdict">The outcome of the comparison in a sentence.</param>
/// <param name="State">The outcome as one of "slower", "faster", "same", "failed" and "not known".</param>
/// <param name="Warnings">The warnings, followed by the basis of the comparison.</param>
/// <param name="Table">The table of answers, or null if the two reports cannot be compared.</param>
/// <param name="Cases">The cases that both reports have; the key is the case's short name.</param>
/// <param name="Flags">The words of each reported change; the key is the case's short name, a space and the figure's name.</param>
internal sealed record PageComparison(
    string Base,
    string Current,
    string Verdict,
    string State,
    IReadOnlyList<string> Warnings,
    PageTable? Table,
    IReadOnlyDictionary<string, PageShift> Cases,
    IReadOnlyDictionary<string, string> Flags)
{
    /// <summary>Compares two reports.</summary>
    /// <param name="before">The base, which is the report to compare with.</param>
    /// <param name="after">The report that is compared with the base.</param>
    /// <param name="cases">The cases of <paramref name="after"/> to show on the page.</param>
    public static PageComparison Of(RunReport before, RunReport after, IEnumerable<CaseSummary> cases)
    {
        (string was, string now) = (PageRun.NameOf(before), PageRun.NameOf(after));
        bool sameKind = before.Run.PayloadKind == after.Run.PayloadKind;
        Dictionary<string, PageShift> shifts = sameKind ? Shifts(before, cases) : [];
        try
        {
            // Reports of different payload kinds are not shown side by side, also without a judgement.
            Comparison comparison = FileComparison.Of(
                new ComparedReport(before) { Path = was }, new ComparedReport(after) { Path = now }, force: sameKind);
            return new PageComparison(
                was,
                now,
                comparison.Verdict,
                StateOf(comparison),
                [.. comparison.Warnings, .. comparison.Basis],
                PageTable.Of("comparison", "Comparison", ComparisonColumns.All, comparison.Answers, answer => answer.Words),
                shifts,
                comparison.Changed
                    .GroupBy(answer => $"{answer.Name} {answer.Metric.Name}")
                    .ToDictionary(group => group.Key, group => group.First().Words));
        }
        catch (UnusableInputException e)
        {
            string state = PageState.Of(Viability.NotKnown);
            return new PageComparison(was, now, e.Message, state, [], null, shifts, new Dictionary<string, string>());
        }
    }

    private static Dictionary<string, PageShift> Shifts(RunReport before, IEnumerable<CaseSummary> cases)
    {
        var was = CaseSummary.All(before).ToDictionary(one => one.Id);
        return cases.Where(one => was.ContainsKey(one.Id)).ToDictionary(
            one => one.Id.ToString(),
            one => new PageShift(PageCurve.Of(was[one.Id]), PageCurve.Shift(was[one.Id], one), PageFigure.Of(was[one.Id].P50)));
    }

    private static string StateOf(Comparison comparison) => comparison.Outcome switch
    {
        ComparisonOutcome.Slower => "slower",
        ComparisonOutcome.Failed => PageState.Failed,
        ComparisonOutcome.NothingSlower => comparison.Changed.Any() ? "faster" : "same",
        _ => PageState.Of(Viability.NotKnown),
    };
}

/// <summary>A case that both reports have.</summary>
/// <param name="Curve">The percentile curve of the base, or null if the base did not measure the case.</param>
/// <param name="Shift">
/// The current time ÷ the base's time at each percentile, or null if no launch of the same number measured the case in both.
/// </param>
/// <param name="P50">The p50 of the case in the base.</param>
internal sealed record PageShift(PageCurve? Curve, PageCurve? Shift, PageFigure P50);
