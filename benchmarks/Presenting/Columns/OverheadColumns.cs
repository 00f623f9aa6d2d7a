using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of <c>overhead</c>, in every format.</summary>
internal static class OverheadColumns
{
    public static IReadOnlyList<Column<OverheadRow>> All { get; } =
    [
        .. CaseColumns.Of<OverheadRow>(row => row.Case.Id),
        // A person who reads the CSV looks for the differences first; their ranges follow.
        .. Quantile.Limited.Select(quantile =>
            Column<OverheadRow>.Single(null, $"{quantile}_overhead_ns", row => row.Overhead.Difference[quantile], Format.Duration)),
        .. Quantile.Limited.Select(RangeOf),
        Column<OverheadRow>.Single("× direct", "p50_ratio", row => row.Overhead.Ratio, Format.Significant),
        .. Quantile.Limited.Select(Delegation),
        // Markdown shows these in a separate table.
        .. SplitColumns.Parts.Select(column => column with { Title = null }),
        Column<OverheadRow>.Text("verdict", "verdict", row => CaseVerdict.Words(row.Verdict.Viability)),
        Column<OverheadRow>.Text("note", "note", row => string.Join("; ", row.Notes)),
    ];

    // Markdown shows value and range. CSV and JSON have the value in a column before.
    private static Column<OverheadRow> RangeOf(Quantile quantile)
    {
        Figure Difference(OverheadRow row) => row.Overhead.Difference[quantile];
        string name = $"{quantile}_overhead";
        return Column<OverheadRow>.Ranged($"overhead {quantile}", name, Difference) with
        {
            Order = row => Difference(row).Value,
            Fields = [new($"{name}_low_ns", row => Difference(row).Low), new($"{name}_high_ns", row => Difference(row).High)],
        };
    }

    // The first title names the quantity for all of them.
    private static Column<OverheadRow> Delegation(Quantile quantile, int index) => Column<OverheadRow>.Single(
        index == 0 ? $"delegation {quantile}" : quantile.Name,
        $"delegation_{quantile}_ns",
        row => row.Overhead.Delegation[quantile],
        Format.Duration);
}
