using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>Writes a comparison on the screen.</summary>
internal static class ComparisonScreen
{
    // The most rows of the table: more would not fit on a screen with the lines below.
    private const int MaxRows = 24;

    private const string Indent = "          ";

    public static void Write(TextWriter output, Comparison comparison)
    {
        Answer[] notable = ComparisonDocument.Notable(comparison);
        // Without a notable answer, the p50s show what was measured.
        Answer[] shown = notable.Length > 0
            ? notable
            : [.. comparison.Answers.Where(answer => answer.Metric.Name == Metric.P50.Name)];
        output.WriteLine(MarkdownTable.Write(ComparisonColumns.All, shown.Take(MaxRows)));
        if (shown.Length > MaxRows)
        {
            output.WriteLine(FormattableString.Invariant($"{Indent}and {shown.Length - MaxRows} more"));
        }

        foreach (string line in comparison.Basis)
        {
            output.WriteLine(Indent + line);
        }

        foreach (string warning in comparison.Warnings)
        {
            output.WriteLine("warning:  " + warning);
        }

        if (comparison.Controls is { } controls)
        {
            output.WriteLine(controls);
        }

        output.WriteLine();
        output.WriteLine($"Verdict: {comparison.Verdict}.");
    }
}
