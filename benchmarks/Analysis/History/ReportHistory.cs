using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.History;

/// <summary>The answer of a history.</summary>
internal enum HistoryOutcome
{
    /// <summary>No slow-down began within the newest reports.</summary>
    NoneFound,

    /// <summary>A case became slower within the newest reports.</summary>
    Slower,

    /// <summary>There are too few reports to tell.</summary>
    NotKnown,
}

/// <summary>The figures of each case over many reports, and where their levels changed.</summary>
internal sealed class ReportHistory
{
    /// <summary>A slow-down is new if it began or still went on within this number of the newest reports.</summary>
    public const int Newest = 5;

    /// <summary>
    /// The probability, for each series of reports, that a change is found in any case if no case changed. It holds if the noise of one
    /// report says nothing about the next.
    /// </summary>
    public const double ErrorRate = ChangePoints.DefaultLevel;

    private ReportHistory(IReadOnlyList<HistorySeries> series, IReadOnlyList<string> leftOut) => (Series, LeftOut) = (series, leftOut);

    /// <summary>The series of comparable reports, the series with the newest report first.</summary>
    public IReadOnlyList<HistorySeries> Series { get; }

    /// <summary>The reports that the history does not use, with the reasons.</summary>
    public IReadOnlyList<string> LeftOut { get; }

    public HistoryOutcome Outcome =>
        Deciding.Any(series => series.NewSlowdowns.Any()) ? HistoryOutcome.Slower
        : Deciding.Any(series => series.IsTooShort) ? HistoryOutcome.NotKnown
        : HistoryOutcome.NoneFound;

    /// <summary>The answer in one sentence, without a full stop.</summary>
    public string Verdict
    {
        get
        {
            string[] tooShort = [.. Deciding.Where(series => series.IsTooShort).Select(TooShort)];
            string found = Outcome switch
            {
                HistoryOutcome.Slower => FormattableString.Invariant($"slower within the newest {Newest} reports: ")
                    + string.Join(", ", Deciding.SelectMany(Slowdowns)),
                HistoryOutcome.NotKnown => "too few reports to tell",
                _ => FormattableString.Invariant($"no slow-down was found that began within the newest {Newest} reports")
                    + Visible([.. Deciding.SelectMany(series => series.Cases)]),
            };
            return tooShort.Length == 0 ? found
                : Outcome == HistoryOutcome.NotKnown ? $"{found}: {string.Join("; ", tooShort)}"
                : $"{found}; not known: {string.Join("; ", tooShort)}";
        }
    }

    private IEnumerable<HistorySeries> Deciding => Series.Where(series => series.Decides);

    /// <summary>Creates the history of reports.</summary>
    /// <param name="reports">The reports, in any order. Copies of the same run count once.</param>
    /// <param name="unreadable">The reports that could not be read, with the reasons.</param>
    /// <exception cref="UnusableInputException">No report is left.</exception>
    public static ReportHistory Of(IEnumerable<HistoryReport> reports, IReadOnlyList<string> unreadable)
    {
        HistoryReport[] all = [.. reports.OrderBy(report => report.StartedAt)];
        HistoryReport[] distinct = [.. all.DistinctBy(report => (report.StartedAt, report.Commit))];
        HistoryReport[] used = [.. distinct.Where(report => report is { Refusal: null, Figures.Count: > 0 })];
        string[] leftOut =
        [
            .. unreadable,
            .. distinct.Except(used).Select(report => $"{report.Path}: {report.Refusal ?? "it has no known figure"}"),
        ];
        return used.Length > 0
            ? new ReportHistory(HistorySeries.Of(used), leftOut)
            : throw new UnusableInputException($"There is no report to use. {string.Join("; ", leftOut)}".TrimEnd());
    }

    private static IEnumerable<string> Slowdowns(HistorySeries series) => series.NewSlowdowns
        .GroupBy(one => one.Figure.Case)
        .Select(one => $"{one.Key} ({string.Join(", ", one.Select(Described))})");

    private static string Described(CaseHistory one)
    {
        Metric metric = one.Figure.Metric;
        LevelChange change = one.NewSlowdown!;
        return $"{metric.Name} {metric.WriteChange(change.Change)}"
            + (change.IsDrift ? $", {metric.WriteChange(change.PerReport)} a report" : "");
    }

    // Says how small a step would have been found. Nothing is said if all figures became faster within the newest reports.
    private static string Visible(IReadOnlyList<CaseHistory> cases)
    {
        CaseHistory[] seeing = [.. cases.Where(one => one.Visible is not null).OrderBy(one => one.Visible)];
        if (seeing.Length == 0)
        {
            return "";
        }

        int blind = cases.Count(one => one.IsBlind);
        string half = Metric.P50.WriteChange(seeing[(seeing.Length - 1) / 2].Visible!.Value);
        string all = Metric.P50.WriteChange(seeing[^1].Visible!.Value);
        return $"; a step of {half} there would have been found in half of the figures, a step of {all} in all"
            + (blind > 0 ? FormattableString.Invariant($" but {blind}") : "");
    }

    private static string TooShort(HistorySeries series)
    {
        int least = ChangePoints.LeastLength(ErrorRate);
        return (series.Name.Length > 0 ? series.Name + ": " : "") + (series.Reports.Count < least
            ? FormattableString.Invariant($"{series.Reports.Count} of at least {least}")
            : FormattableString.Invariant($"{series.Reports.Count}, but few after the last change of most figures"));
    }
}
