using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes a history as a Markdown document.</summary>
internal static class HistoryDocument
{
    private const int MaxNames = 6;

    /// <summary>Writes the document.</summary>
    /// <param name="history">The history.</param>
    /// <param name="pictures">The picture of each series. A series without a picture is left out.</param>
    public static string Write(ReportHistory history, IReadOnlyDictionary<HistorySeries, Picture> pictures)
    {
        StringBuilder text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"# History: {MarkdownTable.Escape(history.Verdict)}\n\n");
        foreach (HistorySeries series in history.Series)
        {
            text.Append(CultureInfo.InvariantCulture, $"## {MarkdownTable.Escape(Title(series))}\n\n");
            if (pictures.TryGetValue(series, out Picture? picture))
            {
                text.Append(picture.Markdown()).Append("\n\n");
            }

            text.Append(MarkdownTable.Write(HistoryColumns.Table, HistoryRow.Of(series))).Append('\n')
                .AppendItems(Basis(series)).Append('\n')
                .Append("<details><summary>Reports</summary>\n\n")
                .AppendItems(series.Reports.Select(report => $"{HistoryColumns.NameOf(report)}: {report.Path}"))
                .Append("\n</details>\n\n");
        }

        return history.LeftOut.Count > 0 ? text.AppendList("Left out", history.LeftOut).ToString() : text.ToString();
    }

    /// <summary>The title of a series: its reports, and the conditions in which it differs from the other series.</summary>
    public static string Title(HistorySeries series) =>
        FormattableString.Invariant($"{series.Reports.Count} report{(series.Reports.Count == 1 ? "" : "s")}")
        + (series.Name.Length > 0 ? $": {series.Name}" : "")
        + (series.Decides ? "" : " (older than the newest reports, so without influence on the answer)");

    /// <summary>The lines about the basis of a series' answers.</summary>
    public static IEnumerable<string> Basis(HistorySeries series)
    {
        yield return $"from {HistoryColumns.NameOf(series.Reports[0])} to {HistoryColumns.NameOf(series.NewestReport)}";
        int figures = series.Cases.Count(one => !one.IsTooShort);
        if (figures > 0)
        {
            yield return FormattableString.Invariant($"{figures} figures tested; if none changed, a change is found in any of them ")
                + $"with a probability of {Results.Format.Percent(ReportHistory.ErrorRate, "0")}, "
                + "if the noise of one report says nothing about the next";
        }

        if (!series.IsTooShort && Names(series.Cases.Where(one => one.IsTooShort).Select(one => one.Figure.Case)) is { } few)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"not known, because fewer than {ChangePoints.LeastLength(ReportHistory.ErrorRate)} reports have a figure: {few}");
        }

        if (Names(series.Reports.SelectMany(report => report.NotWarm)) is { } cold)
        {
            yield return $"not used in the reports in which the case was not warm: {cold}";
        }
    }

    private static string? Names(IEnumerable<string> cases)
    {
        string[] names = [.. cases.Distinct()];
        return names.Length == 0 ? null
            : string.Join(", ", names.Take(MaxNames))
                + (names.Length > MaxNames ? FormattableString.Invariant($" and {names.Length - MaxNames} more cases") : "");
    }
}
