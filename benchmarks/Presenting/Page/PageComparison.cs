using System.Globalization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A report held against another.</summary>
/// <param name="Base">The base, in words.</param>
/// <param name="Current">What is held against it, in words.</param>
/// <param name="Verdict">What it comes to, in a sentence.</param>
/// <param name="State">"slower", "faster", "same", or "not known".</param>
/// <param name="Warnings">What has to be known beside it.</param>
/// <param name="Table">The answers; null where the two cannot be held against each other.</param>
/// <param name="Cases">The cases that both have, by short name.</param>
/// <param name="Flags">The judgement of each case and figure that is called a change, by <c>case figure</c>.</param>
internal sealed record PageComparison(
    string Base, string Current, string Verdict, string State, IReadOnlyList<string> Warnings, PageTable? Table,
    IReadOnlyDictionary<string, PageShift> Cases, IReadOnlyDictionary<string, string> Flags)
{
    /// <summary>Compares two reports.</summary>
    /// <param name="before">The base.</param>
    /// <param name="after">What is held against it.</param>
    /// <param name="rows">The cases of the latter, references excepted.</param>
    public static PageComparison Of(RunReport before, RunReport after, IEnumerable<CaseRow> rows)
    {
        (string was, string now) = (PageRun.NameOf(before), PageRun.NameOf(after));
        var cases = Shifts(before, rows);
        try
        {
            Comparison comparison = FileComparison.Of(new ComparedReport(before) { Path = was }, new ComparedReport(after) { Path = now }, force: true);
            return new PageComparison(
                was, now, comparison.Verdict, StateOf(comparison), [.. comparison.Warnings, .. comparison.Basis],
                PageTable.Of("comparison", "Comparison", ComparisonFiles.Columns, comparison.Answers, answer => answer.Words),
                cases,
                comparison.Changed.GroupBy(answer => $"{answer.Name} {answer.Metric.Name}").ToDictionary(group => group.Key, group => group.First().Words));
        }
        catch (UnusableInputException e)
        {
            return new PageComparison(was, now, e.Message, PageState.Of(Viability.NotKnown), [], null, cases, new Dictionary<string, string>());
        }
    }

    private static Dictionary<string, PageShift> Shifts(RunReport before, IEnumerable<CaseRow> rows)
    {
        var was = CaseRow.All(before).ToDictionary(row => row.Id);
        return rows.Where(row => was.ContainsKey(row.Id)).ToDictionary(
            row => row.Id.ToString(),
            row => new PageShift(PageCurve.Of(was[row.Id]), PageCurve.Shift(was[row.Id], row), PageFigure.Of(was[row.Id].P50)));
    }

    private static string StateOf(Comparison comparison) => comparison.Outcome switch
    {
        ComparisonOutcome.Slower => "slower",
        ComparisonOutcome.Failed => PageState.Failed,
        ComparisonOutcome.NothingSlower => comparison.Changed.Any() ? "faster" : "same",
        _ => PageState.Of(Viability.NotKnown),
    };
}

/// <summary>A case of the base.</summary>
/// <param name="Curve">Its percentiles; null where it was not measured.</param>
/// <param name="Shift">How many times as long the current one takes, a rung each; null where no launch has both.</param>
/// <param name="P50">Its p50.</param>
internal sealed record PageShift(PageCurve? Curve, PageCurve? Shift, PageFigure P50);

/// <summary>One run among several.</summary>
/// <param name="Name">The run in words.</param>
/// <param name="Date">When, for an axis.</param>
/// <param name="IsCurrent">Whether it is the one that the page is of.</param>
/// <param name="Cases">By short name: p50, p95 and p99.</param>
internal sealed record PageRun(string Name, string Date, bool IsCurrent, IReadOnlyDictionary<string, IReadOnlyList<PageFigure>> Cases)
{
    private const int CommitDigits = 8;

    public static PageRun Of(RunReport report, bool isCurrent) => new(
        NameOf(report),
        Minute(report),
        isCurrent,
        CaseRow.All(report).Where(row => !row.Id.IsReference).ToDictionary(
            row => row.Id.ToString(), row => (IReadOnlyList<PageFigure>)[PageFigure.Of(row.P50), PageFigure.Of(row.P95), PageFigure.Of(row.P99)]));

    /// <summary>A run by its commit and time.</summary>
    public static string NameOf(RunReport report) =>
        $"{(report.Run.Commit is { Length: > CommitDigits } commit ? commit[..CommitDigits] : report.Run.Commit ?? "unknown commit")}{(report.Run.Dirty == true ? " with changes" : "")}, {Minute(report)} UTC";

    private static string Minute(RunReport report) => report.Run.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}

/// <summary>The runs of one machine.</summary>
/// <param name="Machine">The machine in words.</param>
/// <param name="Runs">Its runs, oldest first.</param>
/// <param name="LeftOut">The runs of other machines, in words.</param>
internal sealed record PageHistory(string Machine, IReadOnlyList<PageRun> Runs, IReadOnlyList<string> LeftOut)
{
    /// <summary>What tells a machine from others: figures of two are no history. Null where the report does not know it.</summary>
    public static string? Fingerprint(RunReport report) => report.Environment is { } environment
        ? string.Create(CultureInfo.InvariantCulture, $"{environment.Cpu}, {environment.Cores} cores, {environment.Os}, {environment.Architecture}")
        : null;

    public static PageHistory Of(IEnumerable<RunReport> runs, RunReport current)
    {
        string? machine = Fingerprint(current);
        RunReport[] all = [.. runs.DistinctBy(run => (run.Run.StartedAt, run.Run.Commit)).OrderBy(run => run.Run.StartedAt)];
        bool Same(RunReport run) => machine is not null ? Fingerprint(run) == machine : ReferenceEquals(run, current);
        return new PageHistory(
            machine ?? "a machine that the report does not know",
            [.. all.Where(Same).Select(run => PageRun.Of(run, ReferenceEquals(run, current)))],
            [.. all.Where(run => !Same(run)).Select(run => $"{PageRun.NameOf(run)}: {Fingerprint(run) ?? "not known"}")]);
    }
}
