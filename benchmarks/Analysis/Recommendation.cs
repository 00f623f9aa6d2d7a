using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>
/// Which methods fit a budget, and the cheapest of them in latency, processor time and allocation. A method fits where
/// each of its cells does; one cell that failed, was not warm or straddles the budget leaves it out, by name. Over
/// several cells a method's figure is their geometric mean, taken within each launch, in which each cell weighs the same.
/// Two methods whose ranges overlap, as a verdict takes them, are not told apart.
/// </summary>
internal static class Recommendation
{
    private const int MaxNamedCells = 3;

    private static readonly Quantity[] s_quantities =
    [
        new("latency (p50)", row => row.P50, row => row.P50ByLaunch, FigureFormat.Duration),
        new("processor time a call", row => row.Cpu, row => ByLaunch(row, process => process.CpuNs), FigureFormat.Duration),
        new("allocation a call", row => row.Allocated, row => ByLaunch(row, process => process.AllocatedBytes), FigureFormat.Bytes),
    ];

    /// <summary>What is recommended: the first line says for which budget, the others follow from it.</summary>
    public static IReadOnlyList<string> Of(Tables tables) => Of(tables, MaxNamedCells, int.MaxValue);

    /// <summary>The same for a screen: of what does not fit a cell each, and only so many methods.</summary>
    public static IReadOnlyList<string> InBrief(Tables tables, int maxUnfit) => Of(tables, maxNamedCells: 1, maxUnfit);

    private static IReadOnlyList<string> Of(Tables tables, int maxNamedCells, int maxUnfit)
    {
        Candidate[] all = Candidates(tables);
        Candidate[] fitting = Fitting(all);
        return all.Length == 0 ? ["Recommendation: none. No method that delegates was measured."] :
        [
            $"Recommendation for {tables.Budget.Words(tables.Report)}: {(fitting.Length == 0 ? "no method is known to fit" : $"{Listed(fitting.Select(method => method.Method))} fit{(fitting.Length == 1 ? "s" : "")}")}.",
            .. Capped([.. Unfit(all, Viability.NotViable, "does not fit", maxNamedCells), .. Unfit(all, Viability.NotKnown, "not known to fit, left out", maxNamedCells)], maxUnfit),
            .. fitting.Length == 0 ? [] : Cheapest(fitting),
        ];
    }

    /// <summary>The methods that fit, the fastest first; none where a figure of one is not known.</summary>
    public static IReadOnlyList<RankedMethod> ByLatency(Tables tables)
    {
        Candidate[] fitting = Fitting(Candidates(tables));
        (string Method, Figure Figure)[] figures = Figures(fitting, Shared(fitting), s_quantities[0]);
        if (figures.Any(one => one.Figure.Value is null))
        {
            return [];
        }

        HashSet<string> fastest = [.. Undecided(figures).Select(one => one.Method)];
        return [.. Ranked(figures).Select(one => new RankedMethod(one.Method, one.Figure, fastest.Contains(one.Method)))];
    }

    private static Candidate[] Candidates(Tables tables) =>
    [
        .. from row in tables.MethodRows
           where tables.Budget.Covers(row.Id)
           group tables.Budget.Judge(row, tables.Verdicts) by row.Id.Method into cells
           select new Candidate(cells.Key, [.. cells]),
    ];

    private static Candidate[] Fitting(Candidate[] all) => [.. all.Where(method => method.Viability == Viability.Viable)];

    // A cell that one of them lacks would be held against none.
    private static HashSet<(string Function, string Payload)> Shared(Candidate[] fitting) =>
    [
        .. fitting.SelectMany(method => method.Rows).GroupBy(row => (row.Id.Function, row.Id.Payload)).Where(cell => cell.Count() == fitting.Length).Select(cell => cell.Key),
    ];

    private static (string Method, Figure Figure)[] Figures(Candidate[] fitting, HashSet<(string Function, string Payload)> shared, Quantity quantity) =>
        shared.Count == 0 ? [] : [.. fitting.Select(method => (method.Method, FigureOf(method.Rows.Where(row => shared.Contains((row.Id.Function, row.Id.Payload))), quantity)))];

    private static IEnumerable<string> Capped(string[] lines, int most) => lines.Length <= most
        ? lines
        : lines.Take(most).Append(FormattableString.Invariant($"and {lines.Length - most} more in overhead.md"));

    private static IEnumerable<string> Unfit(Candidate[] all, Viability viability, string what, int maxNamedCells) =>
        from method in all
        where method.Viability == viability
        let cells = method.Cells.Where(cell => cell.Viability != Viability.Viable).OrderByDescending(cell => cell.Viability).ToArray()
        let more = cells.Length > maxNamedCells ? FormattableString.Invariant($"; and {cells.Length - maxNamedCells} more") : ""
        select $"{what}: {method.Method} – {string.Join("; ", cells.Take(maxNamedCells).Select(cell => $"{cell.Row.Id.Function}/{cell.Row.Id.Payload}: {cell.Reason}"))}{more}";

    private static IEnumerable<string> Cheapest(Candidate[] fitting)
    {
        HashSet<(string Function, string Payload)> shared = Shared(fitting);
        string over = shared.Count == 1 ? "" : FormattableString.Invariant($", geometric mean of {shared.Count} cells");
        return shared.Count == 0
            ? ["cheapest: not known, no cell was measured by all that fit"]
            : from quantity in s_quantities
              let figures = Figures(fitting, shared, quantity)
              select $"cheapest in {quantity.Name}{over}: {Words(figures, quantity.Text)}";
    }

    private static Figure FigureOf(IEnumerable<CaseRow> cells, Quantity quantity)
    {
        CaseRow[] rows = [.. cells];
        if (rows.Select(quantity.Figure).FirstOrDefault(figure => figure.Value is null) is { } unknown)
        {
            return unknown;
        }

        IReadOnlyDictionary<int, double>[] figures = [.. rows.Select(quantity.ByLaunch)];
        double[] means =
        [
            .. from launch in figures[0].Keys
               where figures.All(figure => figure.ContainsKey(launch))
               select Math.Exp(figures.Average(figure => Math.Log(figure[launch]))),
        ];
        return means.Length == 0 ? Figure.Unknown("measured whole in no launch") : Figure.Of(means);
    }

    private static string Words((string Method, Figure Figure)[] figures, Func<Figure, string> text)
    {
        (string Method, Figure Figure)[] unknown = [.. figures.Where(one => one.Figure.Value is null)];
        if (unknown.Length > 0)
        {
            return $"not known, {unknown[0].Method} is {unknown[0].Figure.Withheld}";
        }

        (string Method, Figure Figure)[] ranked = Ranked(figures);
        (string Method, Figure Figure)[] undecided = Undecided(figures);
        string how = figures.Min(one => one.Figure.Launches) < Figure.LaunchesForRange ? ", widened by half," : "";
        return ranked.Length == 1 ? $"{Named(ranked[0])}, the only one that fits"
            : undecided.Length == 1 ? $"{Named(ranked[0])}; next {Named(ranked[1])}"
            : $"not known, the ranges of {Listed(undecided.Select(Named))}{how} overlap";

        string Named((string Method, Figure Figure) one) => $"{one.Method} {text(one.Figure)}";
    }

    private static (string Method, Figure Figure)[] Ranked((string Method, Figure Figure)[] figures) => [.. figures.OrderBy(one => one.Figure.Value)];

    private static (string Method, Figure Figure)[] Undecided((string Method, Figure Figure)[] figures)
    {
        (string Method, Figure Figure)[] ranked = Ranked(figures);
        return [.. ranked.Where(one => one.Figure.Judged()!.Value.Low <= ranked[0].Figure.Judged()!.Value.High)];
    }

    private static string Listed(IEnumerable<string> names)
    {
        string[] all = [.. names];
        return all.Length == 1 ? all[0] : $"{string.Join(", ", all[..^1])} and {all[^1]}";
    }

    private static Dictionary<int, double> ByLaunch(CaseRow row, Func<ProcessReport, double> figure) =>
        row.Passes.Where(pass => pass.Process is not null).ToDictionary(pass => pass.Launch, pass => figure(pass.Process!));

    /// <summary>What methods are held against each other in.</summary>
    /// <param name="Name">Its name, with the quantile.</param>
    /// <param name="Figure">A case's figure.</param>
    /// <param name="ByLaunch">The same of each launch.</param>
    /// <param name="Text">How a person reads it.</param>
    private sealed record Quantity(string Name, Func<CaseRow, Figure> Figure, Func<CaseRow, IReadOnlyDictionary<int, double>> ByLaunch, Func<Figure, string> Text);

    /// <summary>A method with the cells that the budget covers.</summary>
    private sealed record Candidate(string Method, IReadOnlyList<CellVerdict> Cells)
    {
        public Viability Viability => Cells.Max(cell => cell.Viability);

        public IEnumerable<CaseRow> Rows => Cells.Select(cell => cell.Row);
    }
}

/// <summary>A method that fits, by its latency.</summary>
/// <param name="Method">Its id.</param>
/// <param name="P50">Its p50: the geometric mean over the cells that all of them were measured in, in ns.</param>
/// <param name="IsFastest">Whether no other is known to be faster.</param>
internal sealed record RankedMethod(string Method, Figure P50, bool IsFastest);
