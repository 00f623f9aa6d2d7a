using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of the <c>overhead</c> table, for Markdown, CSV and JSON.</summary>
internal static class OverheadColumns
{
    public static IReadOnlyList<Column<OverheadRow>> All { get; } =
    [
        .. CaseColumns.Of<OverheadRow>(row => row.Case.Id),
        // In CSV, the overheads come before their ranges, because readers look for the overheads first.
        .. Quantile.Limited.Select(quantile =>
            Column<OverheadRow>.Single(
                null,
                $"{quantile}_overhead_ns",
                row => row.Overhead.Difference[quantile],
                Format.Duration,
                DifferenceOf(quantile)).Signed()),
        .. Quantile.Limited.Select(RangeOf),
        Column<OverheadRow>.Single(
            "× direct", "p50_ratio", row => row.Overhead.Ratio, Format.Significant,
            "The case's p50 ÷ that of direct in the same launch"),
        .. Quantile.Limited.Select(Delegation),
        // Without a title, these columns are left out of this Markdown table. Markdown shows them in a table of their own.
        .. SplitColumns.Parts.Select(column => column with { Title = null }),
        Column<OverheadRow>.Text(
            "verdict", "verdict", row => CaseVerdict.Words(row.Verdict.Viability), "The verdict on the case",
            [.. Enum.GetValues<Viability>().Select(CaseVerdict.Words)]),
        Column<OverheadRow>.Note(
            "note", "note", row => string.Join("; ", row.Notes),
            "Why the verdict is not viable, and why a figure is unknown"),
    ];

    // In Markdown, the cell has the overhead with its range. In CSV and JSON it has only the range, because an earlier column has the
    // overhead.
    private static Column<OverheadRow> RangeOf(Quantile quantile)
    {
        Figure Difference(OverheadRow row) => row.Overhead.Difference[quantile];
        string name = $"{quantile}_overhead";
        Column<OverheadRow> column = Column<OverheadRow>.Ranged($"overhead {quantile}", name, Difference, DifferenceOf(quantile)).Signed();
        return column with
        {
            Order = row => Difference(row).Value,
            Fields = [.. column.Fields.Skip(1)],
        };
    }

    private static string DifferenceOf(Quantile quantile) => $"The case's {quantile} less that of direct in the same launch, in ns";

    // Only the first column's title names the quantity: "delegation p50". The titles of the next columns are only "p95" and "p99".
    private static Column<OverheadRow> Delegation(Quantile quantile, int index) => Column<OverheadRow>.Ranged(
        index == 0 ? $"delegation {quantile}" : quantile.Name,
        $"delegation_{quantile}",
        row => row.Overhead.Delegation[quantile],
        $"The {quantile} of the calls' times without the function's own time, in ns");
}
