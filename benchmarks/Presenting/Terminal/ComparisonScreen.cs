using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>Writes a comparison to the screen.</summary>
internal static class ComparisonScreen
{
    // The largest number of rows in the table. More rows would not fit on a screen together with the lines below the table.
    private const int MaxRows = 24;

    private const string Indent = "          ";

    public static void Write(TextWriter output, Comparison comparison)
    {
        Answer[] notable = ComparisonDocument.Notable(comparison);
        // If nothing changed and every answer is clear, the table shows the p50s, so that the user sees the measured cases.
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
        output.WriteLine(Sentence(comparison));
    }

    /// <summary>The verdict as a sentence.</summary>
    public static string Sentence(Comparison comparison) => $"Verdict: {comparison.Verdict}.";
}
