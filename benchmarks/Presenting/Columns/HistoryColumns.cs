using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>A row of a history's table: one figure of one case.</summary>
internal sealed record HistoryRow(HistorySeries Series, CaseHistory Case)
{
    /// <summary>The rows of a series: new slow-downs first, then other changes, then the rest.</summary>
    public static IReadOnlyList<HistoryRow> Of(HistorySeries series) =>
    [
        .. series.Cases
            .OrderBy(one => one.NewSlowdown is not null ? 0 : one.Last is not null ? 1 : 2)
            .Select(one => new HistoryRow(series, one)),
    ];

    /// <summary>The name of the report at an index.</summary>
    public string ReportAt(int index) => HistoryColumns.NameOf(Series.Reports[index]);
}

/// <summary>A row of a history's CSV file: one figure of one case in one report.</summary>
internal sealed record HistoryPoint(HistorySeries Series, CaseHistory Case, int Index)
{
    public HistoryReport Report => Series.Reports[Index];

    /// <summary>The change that began in this report, or null if none began here.</summary>
    public LevelChange? Change => Case.Changes.FirstOrDefault(change => change.Began == Index);

    public static IEnumerable<HistoryPoint> Of(HistorySeries series) =>
        from one in series.Cases
        from index in Enumerable.Range(0, series.Reports.Count)
        select new HistoryPoint(series, one, index);
}

/// <summary>The columns of a history, for Markdown and CSV.</summary>
internal static class HistoryColumns
{
    // The number of the newest reports that the line of blocks shows.
    private const int MaxBlocks = 40;

    // The line covers at least this ratio, because on a finer scale noise alone would look like a change.
    private const double LeastRatio = 1.2;

    private const string Blocks = "▁▂▃▄▅▆▇█";

    /// <summary>The table of a series: one row for each figure of each case.</summary>
    public static IReadOnlyList<Column<HistoryRow>> Table { get; } =
    [
        Column<HistoryRow>.Text("case", "case", row => row.Case.Figure.Case),
        Column<HistoryRow>.Text("figure", "figure", row => row.Case.Figure.Metric.Name),
        Column<HistoryRow>.Text("oldest to newest report", "line", row => Line(row.Case.Values)),
        Column<HistoryRow>.Single(
            "newest", "newest_ns", row => row.Case.Values.LastOrDefault(value => value is not null), row => Results.Format.Duration(row)),
        Column<HistoryRow>.Text("answer", "answer", row => row.Case.Answer),
        Column<HistoryRow>.Note("change", "change", Change),
        Column<HistoryRow>.Note("since", "since", row => row.Case.Last is { } last ? row.ReportAt(last.Began) : null),
        Column<HistoryRow>.Note(
            "could have seen",
            "visible",
            row => row.Case is { IsNew: false, Visible: { } visible } ? row.Case.Figure.Metric.WriteChange(visible) : null),
    ];

    /// <summary>The columns of the CSV file: one row for each figure of each case in each report.</summary>
    public static IReadOnlyList<Column<HistoryPoint>> Csv { get; } =
    [
        Column<HistoryPoint>.Hidden("series", point => point.Series.Name),
        Column<HistoryPoint>.Hidden("case", point => point.Case.Figure.Case),
        Column<HistoryPoint>.Hidden("figure", point => point.Case.Figure.Metric.Name),
        Column<HistoryPoint>.Hidden("report", point => point.Report.Path),
        Column<HistoryPoint>.Hidden(
            "started_at", point => point.Report.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
        Column<HistoryPoint>.Hidden("commit", point => point.Report.Commit),
        Column<HistoryPoint>.Hidden("dirty", point => point.Report.IsDirty),
        Column<HistoryPoint>.Hidden("value_ns", point => point.Case.Values[point.Index]),
        Column<HistoryPoint>.Hidden(
            "change", point => point.Change is not { } change ? "" : change.IsDrift ? "drift" : "step"),
        Column<HistoryPoint>.Hidden("before_ns", point => point.Change?.Before),
        Column<HistoryPoint>.Hidden("after_ns", point => point.Change?.After),
        Column<HistoryPoint>.Hidden(
            "change_percent", point => point.Change is { } change ? point.Case.Figure.Metric.PercentOf(change.Change) : (double?)null),
        Column<HistoryPoint>.Hidden(
            "ended_at_report", point => point.Change is { } change ? point.Series.Reports[change.Ended].Path : ""),
        Column<HistoryPoint>.Hidden(
            "p_value", point => point.Change?.PValue.ToString("0.0000", CultureInfo.InvariantCulture) ?? ""),
    ];

    /// <summary>The name of a report: its commit and its time.</summary>
    public static string NameOf(HistoryReport report) => RunText.Name(report.Commit, report.IsDirty, report.StartedAt);

    private static string? Change(HistoryRow row)
    {
        if (row.Case.Last is not { } last)
        {
            return null;
        }

        string size = row.Case.Figure.Metric.WriteChange(last.Change);
        return last.IsDrift
            ? size + FormattableString.Invariant($" over {last.Ended - last.Began + 1} reports, ")
                + $"{row.Case.Figure.Metric.WriteChange(last.PerReport)} each"
            : size;
    }

    // Draws the newest figures as blocks on a logarithmic scale. An unknown figure is a dot.
    private static string Line(IReadOnlyList<double?> values)
    {
        double?[] shown = [.. values.TakeLast(MaxBlocks)];
        double least = shown.Min() ?? 1;
        double greatest = Math.Max(shown.Max() ?? 1, least * LeastRatio);
        return string.Concat(shown.Select(value => value is { } known
            ? Blocks[(int)Math.Min(Blocks.Length - 1, Blocks.Length * Math.Log(known / least) / Math.Log(greatest / least))]
            : '·'));
    }
}
