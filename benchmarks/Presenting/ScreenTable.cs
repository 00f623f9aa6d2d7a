using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>A column of a table on the screen.</summary>
/// <param name="Title">Its title.</param>
/// <param name="IsNumber">Whether it is aligned to the right.</param>
/// <param name="GivesWay">The step at which it gives way where the screen is too narrow, from 1.</param>
internal sealed record ScreenColumn(string Title, bool IsNumber = false, int GivesWay = ScreenColumn.Stays)
{
    /// <summary>Of a column without which a row says nothing.</summary>
    public const int Stays = int.MaxValue;

    /// <summary>The step at which every range gives way.</summary>
    public const int RangesGiveWay = 3;
}

/// <summary>A cell of a table on the screen.</summary>
/// <param name="Text">What it says.</param>
/// <param name="Short">The same without its range, for a narrow screen.</param>
internal sealed record ScreenCell(string Text, string Short)
{
    public static implicit operator ScreenCell(string text) => new(text, text);
}

/// <summary>A row of a table on the screen.</summary>
/// <param name="Cells">Its cells, one a column.</param>
/// <param name="Viability">The verdict that its last cell says; null where it says none.</param>
internal sealed record ScreenRow(IReadOnlyList<ScreenCell> Cells, Viability? Viability = null);

/// <summary>A table on the screen: the rows that have room there, and where the others are.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">The rows that are shown.</param>
/// <param name="More">What is not shown, and where it stands; null where all is.</param>
internal sealed record ScreenTable(IReadOnlyList<ScreenColumn> Columns, IReadOnlyList<ScreenRow> Rows, string? More)
{
    /// <summary>The most rows that all tables of a screen have together.</summary>
    public const int MaxRows = 12;

    private static readonly ScreenColumn[] s_overhead =
    [
        new("method"), new("payload", GivesWay: 5), new("worst function", GivesWay: 2), new("p50", IsNumber: true, GivesWay: 1), new("p99", IsNumber: true, GivesWay: 1),
        new("overhead p50", IsNumber: true, GivesWay: 4), new("overhead p99", IsNumber: true, GivesWay: 6), new("verdict"),
    ];

    private static readonly ScreenColumn[] s_callers =
    [
        new("method"), new("slowest payload", GivesWay: 2), new("function", GivesWay: 2), new("callers", IsNumber: true),
        new("calls a second", IsNumber: true), new("p50", IsNumber: true, GivesWay: 1), new("p99", IsNumber: true, GivesWay: 4), new("longest", IsNumber: true, GivesWay: 1),
    ];

    /// <summary>The tables of a run: of the overhead, and of callers where it measured them.</summary>
    public static IReadOnlyList<ScreenTable> Of(Tables tables)
    {
        int most = tables.CallersRows.Count > 0 ? MaxRows / 2 : MaxRows;
        var shown = new List<ScreenTable>();
        if (tables.OverheadRows.Any())
        {
            shown.Add(Overhead(tables, most));
        }

        if (tables.CallersRows.Count > 0)
        {
            shown.Add(Callers(tables, MaxRows - shown.Sum(table => table.Rows.Count)));
        }

        return shown;
    }

    // A row a method and payload; where they are too many a row a method. What is worst is shown in any case.
    private static ScreenTable Overhead(Tables tables, int most)
    {
        CaseRow[] worst = [.. tables.OverheadRows.GroupBy(row => (row.Id.Method, row.Id.Payload)).Select(functions => Worst(tables, functions))];
        CaseRow[] fitting = worst.Length <= most ? worst : [.. worst.GroupBy(row => row.Id.Method).Select(payloads => Worst(tables, payloads))];
        CaseRow[] shown = [.. Gravest(fitting, row => -(int)ViabilityOf(tables, row), most)];
        int left = tables.OverheadRows.Count() - shown.Length;
        return new ScreenTable(s_overhead, [.. shown.Select(row => Row(tables, row))], left > 0 ? FormattableString.Invariant(
            $"the worst of each method{(fitting.Length == worst.Length ? " and payload" : "")}{(shown.Length < fitting.Length ? FormattableString.Invariant($", {shown.Length} of {fitting.Length}") : "")}; overhead.md has {left} cell{(left == 1 ? "" : "s")} more") : null);
    }

    private static ScreenTable Callers(Tables tables, int most)
    {
        // What failed is worse than what is slow.
        CallersRow[] slowest = [.. tables.CallersRows.GroupBy(row => (row.Id.Method, row.Callers)).Select(cases => cases.MinBy(row => row.CallsPerSecond.Value ?? 0)!)];
        CallersRow[] shown = [.. Gravest(slowest, row => row.CallsPerSecond.Value ?? 0, most)];
        int left = tables.CallersRows.Count - shown.Length;
        return new ScreenTable(s_callers, [.. shown.Select(Row)], left > 0 ? FormattableString.Invariant($"callers.md has {left} row{(left == 1 ? "" : "s")} more") : null);
    }

    // The first by gravity, in the report's order.
    private static IEnumerable<TRow> Gravest<TRow>(TRow[] rows, Func<TRow, double> gravity, int most)
    {
        HashSet<int> kept = [.. Enumerable.Range(0, rows.Length).OrderBy(index => gravity(rows[index])).Take(most)];
        return rows.Where((_, index) => kept.Contains(index));
    }

    private static Viability ViabilityOf(Tables tables, CaseRow row) => tables.Verdicts.Of(row)!.Viability;

    private static CaseRow Worst(Tables tables, IEnumerable<CaseRow> rows) =>
        rows.MaxBy(row => (ViabilityOf(tables, row), row.Overhead!.P50.Value ?? double.MaxValue))!;

    private static ScreenRow Row(Tables tables, CaseRow row) => new(
        [
            row.Id.Method, row.Id.Payload, row.Id.Function, Duration(row.P50), Duration(row.P99),
            Duration(row.Overhead!.P50), Duration(row.Overhead.P99), CellVerdict.Words(ViabilityOf(tables, row)),
        ],
        ViabilityOf(tables, row));

    private static ScreenRow Row(CallersRow row) => new(
    [
        row.Id.Method, row.Id.Payload, row.Id.Function, FormattableString.Invariant($"{row.Callers}"),
        new ScreenCell(FigureFormat.Rate(row.CallsPerSecond), row.CallsPerSecond.Value is { } rate ? Format.Rate(rate) : "–"),
        Duration(row.P50), Duration(row.P99), row.MaxNs is { } ns ? Format.Duration(ns) : "–",
    ]);

    private static ScreenCell Duration(Figure figure) => new(FigureFormat.Duration(figure), figure.Value is { } ns ? Format.Duration(ns) : "–");
}
