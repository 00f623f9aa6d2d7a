using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>A column of a table on the screen.</summary>
/// <param name="Title">The column's title.</param>
/// <param name="IsNumber">Whether the column is aligned to the right.</param>
/// <param name="DropStep">The step at which a narrow screen drops this column. Step 1 is the first.</param>
internal sealed record ScreenColumn(string Title, bool IsNumber = false, int DropStep = ScreenColumn.NeverDropped)
{
    /// <summary>The value of DropStep for a column that even the narrowest screen keeps.</summary>
    public const int NeverDropped = int.MaxValue;

    /// <summary>The step at which a narrow screen drops the ranges of all figures but the p99, whose range is never left out.</summary>
    public const int RangesDropStep = 3;
}

/// <summary>A cell of a table on the screen.</summary>
/// <param name="Text">The full text, for a wide screen.</param>
/// <param name="Short">The text for a narrow screen: without the range, except for a p99.</param>
internal sealed record ScreenCell(string Text, string Short)
{
    public static implicit operator ScreenCell(string text) => new(text, text);
}

/// <summary>A row of a table on the screen.</summary>
/// <param name="Cells">The cells of the row, one for each column.</param>
/// <param name="Viability">The verdict in the row's last cell, or null if the row has no verdict.</param>
internal sealed record ScreenRow(IReadOnlyList<ScreenCell> Cells, Viability? Viability = null);

/// <summary>A table on the screen, shortened to the rows that fit.</summary>
/// <param name="Columns">The columns of the table.</param>
/// <param name="Rows">The rows that the screen shows.</param>
/// <param name="More">A line with the number of hidden rows and the file that has them, or null if all rows are shown.</param>
internal sealed record ScreenTable(IReadOnlyList<ScreenColumn> Columns, IReadOnlyList<ScreenRow> Rows, string? More)
{
    /// <summary>The largest number of rows of all tables on a screen together.</summary>
    public const int MaxRows = 12;

    private static readonly ScreenColumn[] s_overhead =
    [
        new("method"),
        new("payload", DropStep: 5),
        new("worst function", DropStep: 2),
        new("p50", IsNumber: true, DropStep: 1),
        new("p99", IsNumber: true, DropStep: 1),
        new("overhead p50", IsNumber: true, DropStep: 4),
        new("overhead p99", IsNumber: true, DropStep: 6),
        new("verdict"),
    ];

    private static readonly ScreenColumn[] s_callers =
    [
        new("method"),
        new("slowest payload", DropStep: 2),
        new("function", DropStep: 2),
        new("callers", IsNumber: true),
        new("calls a second", IsNumber: true),
        new("p50", IsNumber: true, DropStep: 1),
        new("p99", IsNumber: true, DropStep: 4),
        new("longest", IsNumber: true, DropStep: 1),
    ];

    /// <summary>Creates the tables of a run: the overheads and, if the run measured concurrent callers, the callers.</summary>
    public static IReadOnlyList<ScreenTable> Of(RunAnalysis analysis)
    {
        int most = analysis.Callers.Count > 0 ? MaxRows / 2 : MaxRows;
        var shown = new List<ScreenTable>();
        if (analysis.Overheads.Count > 0)
        {
            shown.Add(Overhead(analysis.Overheads, most));
        }

        if (analysis.Callers.Count > 0)
        {
            shown.Add(Callers(analysis.Callers, MaxRows - shown.Sum(table => table.Rows.Count)));
        }

        return shown;
    }

    // Shows one row for each method and payload. If these are too many rows, shows one for each method. The rows with the worst verdicts
    // are always shown.
    private static ScreenTable Overhead(IReadOnlyList<OverheadRow> rows, int most)
    {
        OverheadRow[] worst = [.. rows.GroupBy(row => (row.Case.Id.Method, row.Case.Id.Payload)).Select(Worst)];
        OverheadRow[] fitting = worst.Length <= most ? worst : [.. worst.GroupBy(row => row.Case.Id.Method).Select(Worst)];
        OverheadRow[] shown = [.. KeepLowest(fitting, row => -(int)row.Verdict.Viability, most)];
        int left = rows.Count - shown.Length;
        string of = fitting.Length == worst.Length ? " and payload" : "";
        string count = shown.Length < fitting.Length ? FormattableString.Invariant($", {shown.Length} of {fitting.Length}") : "";
        string more = FormattableString.Invariant(
            $"the worst of each method{of}{count}; overhead.md has {left} case{(left == 1 ? "" : "s")} more");
        return new ScreenTable(s_overhead, [.. shown.Select(Row)], left > 0 ? more : null);
    }

    private static ScreenTable Callers(IReadOnlyList<CallersSummary> callers, int most)
    {
        // A failed case has no rate, so it counts as the slowest.
        CallersSummary[] slowest =
            [.. callers.GroupBy(one => (one.Id.Method, one.Callers)).Select(group => group.MinBy(one => one.CallsPerSecond.Value ?? 0)!)];
        CallersSummary[] shown = [.. KeepLowest(slowest, one => one.CallsPerSecond.Value ?? 0, most)];
        int left = callers.Count - shown.Length;
        string more = FormattableString.Invariant($"callers.md has {left} row{(left == 1 ? "" : "s")} more");
        return new ScreenTable(s_callers, [.. shown.Select(Row)], left > 0 ? more : null);
    }

    // Returns the rows with the smallest keys, in report order.
    private static IEnumerable<TRow> KeepLowest<TRow>(TRow[] rows, Func<TRow, double> key, int most)
    {
        HashSet<int> kept = [.. Enumerable.Range(0, rows.Length).OrderBy(index => key(rows[index])).Take(most)];
        return rows.Where((_, index) => kept.Contains(index));
    }

    private static OverheadRow Worst(IEnumerable<OverheadRow> rows) =>
        rows.MaxBy(row => (row.Verdict.Viability, row.Overhead.P50.Value ?? double.MaxValue))!;

    private static ScreenRow Row(OverheadRow row)
    {
        Viability viability = row.Verdict.Viability;
        return new ScreenRow(
            [
                row.Case.Id.Method, row.Case.Id.Payload, row.Case.Id.Function,
                Duration(row.Case.P50), WithRange(row.Case.Latency[Quantile.P99]),
                Duration(row.Overhead.P50), WithRange(row.Overhead.Difference[Quantile.P99]),
                CaseVerdict.Words(viability),
            ],
            viability);
    }

    private static ScreenRow Row(CallersSummary one) => new(
    [
        one.Id.Method, one.Id.Payload, one.Id.Function, FormattableString.Invariant($"{one.Callers}"),
        new ScreenCell(FigureFormat.Rate(one.CallsPerSecond), one.CallsPerSecond.Value is { } rate ? Format.Rate(rate) : "–"),
        Duration(one.Latency[Quantile.P50]), WithRange(one.Latency[Quantile.P99]),
        one.MaxNs is { } ns ? Format.Duration(ns) : "–",
    ]);

    private static ScreenCell WithRange(Figure figure)
    {
        string text = FigureFormat.Duration(figure);
        return new ScreenCell(text, figure.Value is null ? "–" : text);
    }

    private static ScreenCell Duration(Figure figure) =>
        new(FigureFormat.Duration(figure), figure.Value is { } ns ? Format.Duration(ns) : "–");
}
