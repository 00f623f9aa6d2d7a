using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>Writes a history to the screen.</summary>
internal static class HistoryScreen
{
    // The largest number of rows in a table. More rows would not fit on a screen together with the lines below the table.
    private const int MaxRows = 24;

    private const string Indent = "          ";

    public static void Write(TextWriter output, ReportHistory history)
    {
        foreach (HistorySeries series in history.Series)
        {
            output.WriteLine(Printable.Of(HistoryDocument.Title(series)));
            output.WriteLine();
            // A figure without a change is shown by its p50 alone.
            HistoryRow[] rows = [.. HistoryRow.Of(series).Where(row => row.Case.Last is not null || row.Case.Figure.Metric == Metric.P50)];
            foreach (string line in MarkdownTable.Write(HistoryColumns.Table, rows.Take(MaxRows)).Split('\n'))
            {
                output.WriteLine(Printable.Of(line));
            }

            if (rows.Length > MaxRows)
            {
                output.WriteLine(FormattableString.Invariant($"{Indent}and {rows.Length - MaxRows} more; --to DIR writes all"));
            }

            foreach (string line in HistoryDocument.Basis(series))
            {
                output.WriteLine(Indent + Printable.Of(line));
            }

            output.WriteLine();
        }

        foreach (string line in history.LeftOut)
        {
            output.WriteLine("left out: " + Printable.Of(line));
        }

        output.WriteLine(Printable.Of(Sentence(history)));
    }

    /// <summary>The verdict as a sentence.</summary>
    public static string Sentence(ReportHistory history) => $"Verdict: {history.Verdict}.";
}
