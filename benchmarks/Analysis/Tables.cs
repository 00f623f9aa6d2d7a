using System.Globalization;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>The one table of columns: what <c>percentiles</c>, <c>overhead</c> and <c>callers</c> show, in every format.</summary>
internal sealed class Tables
{
    private static readonly IReadOnlyList<Column<CaseRow>> s_case =
    [
        Column<CaseRow>.Text("method", "method", row => row.Id.Method),
        Column<CaseRow>.Text("function", "function", row => row.Id.Function),
        Column<CaseRow>.Text("payload", "payload", row => row.Id.Payload),
    ];

    private static readonly IReadOnlyList<Column<CaseRow>> s_split =
    [
        SplitColumn("floor", "floor_p50", split => split.Floor),
        SplitColumn("serializer", "serializer_p50", split => split.Serializer ?? Figure.Unknown("–")),
        SplitColumn("function", "function_p50", split => split.Function),
        SplitColumn("left", "left_p50", split => split.Left),
    ];

    private readonly Verdicts _verdicts;
    private readonly HashSet<string> _remedyMethods;

    /// <param name="report">What was measured.</param>
    /// <param name="budget">What the recommendation is made for; null for the limits on overhead.</param>
    public Tables(RunReport report, Budget? budget = null)
    {
        Report = report;
        Budget = budget ?? Budget.Limits;
        Rows = CaseRow.All(report);
        CallersRows = CallersRow.All(report);
        Remedies = RemedyRow.All(report, Rows);
        _verdicts = new Verdicts(report, Rows);
        _remedyMethods = report.Tagged(BindingTags.Remedy);
        HashSet<CaseId> delegating = [.. report.Delegating];
        MethodRows = [.. Rows.Where(row => delegating.Contains(row.Id))];
        CostModels = CostModel.All(MethodRows);
        CrossoverRows = Crossover.All(CostModels);
        Overhead =
        [
            .. s_case,
            // The three differences come first in a line of CSV, where a person looks for them; their ranges follow.
            Column<CaseRow>.Single(null, "p50_overhead_ns", row => row.Overhead!.P50, Format.Duration),
            Column<CaseRow>.Single(null, "p95_overhead_ns", row => row.Overhead!.P95, Format.Duration),
            Column<CaseRow>.Single(null, "p99_overhead_ns", row => row.Overhead!.P99, Format.Duration),
            RangeOf("overhead p50", "p50_overhead", overhead => overhead.P50),
            RangeOf("overhead p95", "p95_overhead", overhead => overhead.P95),
            RangeOf("overhead p99", "p99_overhead", overhead => overhead.P99),
            Column<CaseRow>.Single("× direct", "p50_ratio", row => row.Overhead!.Ratio, Format.Significant),
            Column<CaseRow>.Single("delegation p50", "delegation_p50_ns", row => row.Overhead!.DelegationP50, Format.Duration),
            Column<CaseRow>.Single("p95", "delegation_p95_ns", row => row.Overhead!.DelegationP95, Format.Duration),
            Column<CaseRow>.Single("p99", "delegation_p99_ns", row => row.Overhead!.DelegationP99, Format.Duration),
            // Told in a table of their own in Markdown.
            .. s_split.Select(column => column with { Title = null }),
            Column<CaseRow>.Text("verdict", "verdict", row => CellVerdict.Words(_verdicts.Of(row)!.Viability)),
            Column<CaseRow>.Text("note", "note", row => string.Join("; ", new[] { _verdicts.Of(row)!.Reason, row.DelegationNote }.Where(note => !string.IsNullOrEmpty(note)))),
        ];
    }

    /// <summary>The columns of <c>percentiles</c>.</summary>
    public static IReadOnlyList<Column<CaseRow>> Percentiles { get; } =
    [
        .. s_case,
        Column<CaseRow>.Hidden("payload_bytes", row => (long)row.PayloadBytes),
        Column<CaseRow>.Hidden("launches", row => (long)row.Launches),
        Column<CaseRow>.Hidden("calls", row => row.Calls),
        Column<CaseRow>.Single(null, "mean_ns", row => row.Mean, Format.Duration),
        Column<CaseRow>.Hidden("min_ns", row => row.MinNs),
        Column<CaseRow>.Ranged("p50", "p50", row => row.P50),
        Column<CaseRow>.Single(null, "p90_ns", row => row.P90, Format.Duration),
        Column<CaseRow>.Ranged("p95", "p95", row => row.P95),
        Column<CaseRow>.Ranged("p99", "p99", row => row.P99),
        Column<CaseRow>.Single(null, "p999_ns", row => row.P999, Format.Duration),
        Column<CaseRow>.Hidden("max_ns", row => row.MaxNs),
        Column<CaseRow>.Single("allocated", "allocated_bytes", row => row.Allocated, Format.Bytes),
        Column<CaseRow>.Single("processor", "cpu_ns", row => row.Cpu, Format.Duration),
        Column<CaseRow>.Hidden("gen0", row => row.Collections(0)),
        Column<CaseRow>.Hidden("gen1", row => row.Collections(1)),
        Column<CaseRow>.Hidden("gen2", row => row.Collections(2)),
        Column<CaseRow>.Hidden("floor_ns", row => row.FloorNs),
        Column<CaseRow>.Hidden("warm", row => row.Launches == 0 ? null : row.Warmth.IsWarm),
        Column<CaseRow>.Text(null, "status", row => row.Failed ? "failed" : "ok"),
        Column<CaseRow>.Single(null, "moved_bytes", row => row.Moved, Format.Bytes),
        // The last, for it alone may hold a comma.
        Column<CaseRow>.Text("note", "note", row => string.Join("; ", row.Notes)),
    ];

    /// <summary>The columns of where a cell's time goes.</summary>
    public static IReadOnlyList<Column<CaseRow>> Splits { get; } = [.. s_case, Column<CaseRow>.Ranged("p50", "p50", row => row.P50), .. s_split];

    /// <summary>The columns of <c>overhead</c>.</summary>
    public IReadOnlyList<Column<CaseRow>> Overhead { get; }

    /// <summary>The columns of the remedies.</summary>
    public static IReadOnlyList<Column<RemedyRow>> RemedyColumns { get; } =
    [
        Column<RemedyRow>.Text("remedy", "remedy", row => row.Remedy.Name),
        Column<RemedyRow>.Text("payload", "payload", row => row.Payload),
        Column<RemedyRow>.Ranged("p50 without", "without_p50", row => row.Without),
        Column<RemedyRow>.Ranged("p50 with", "with_p50", row => row.With),
        Column<RemedyRow>.Ranged("×", "ratio", "", row => row.Ratio, FigureFormat.Ratio),
        Column<RemedyRow>.Single("bytes without", "without_moved_bytes", row => row.MovedWithout, Format.Bytes),
        Column<RemedyRow>.Single("bytes with", "with_moved_bytes", row => row.MovedWith, Format.Bytes),
        Column<RemedyRow>.Text("advice", "advice", row => row.Advice),
    ];

    /// <summary>The columns of <c>callers</c>.</summary>
    public static IReadOnlyList<Column<CallersRow>> Callers { get; } =
    [
        Column<CallersRow>.Text("method", "method", row => row.Id.Method),
        Column<CallersRow>.Text("function", "function", row => row.Id.Function),
        Column<CallersRow>.Text("payload", "payload", row => row.Id.Payload),
        Column<CallersRow>.Hidden("payload_bytes", row => (long)row.PayloadBytes),
        new("callers", true, row => row.Callers.ToString(CultureInfo.InvariantCulture), [new("callers", row => (long)row.Callers)]),
        Column<CallersRow>.Hidden("launches", row => (long)row.Launches),
        Column<CallersRow>.Hidden("calls", row => row.Calls),
        Column<CallersRow>.Ranged("calls a second", "calls_per_second", "", row => row.CallsPerSecond, FigureFormat.Rate),
        Column<CallersRow>.Ranged("× one caller", "times_one_caller", "", row => row.TimesOneCaller, FigureFormat.Ratio),
        Column<CallersRow>.Ranged("p50", "p50", row => row.P50),
        Column<CallersRow>.Ranged("p95", "p95", row => row.P95),
        Column<CallersRow>.Ranged("p99", "p99", row => row.P99),
        new("longest", true, row => row.MaxNs is { } ns ? Format.Duration(ns) : "–", [new("max_ns", row => row.MaxNs)]),
        Column<CallersRow>.Single("processor", "cpu_ns", row => row.Cpu, Format.Duration),
        Column<CallersRow>.Single("allocated", "allocated_bytes", row => row.Allocated, Format.Bytes),
        Column<CallersRow>.Text("note", "note", row => string.Join("; ", row.Notes)),
    ];

    /// <summary>The columns of what calls cost over the payload.</summary>
    public static IReadOnlyList<Column<CostModel>> Models { get; } =
    [
        Column<CostModel>.Text("method", "method", model => model.Method),
        Column<CostModel>.Text("function", "function", model => model.Function),
        Column<CostModel>.Ranged("fixed", "fixed", model => model.Fixed),
        Column<CostModel>.Ranged("a KB", "per_kb", model => model.PerKb),
        new("R²", true, model => model.RSquared is { } share ? Format.Significant(share) : "–", [new("r_squared", model => model.RSquared)]),
        new("worst residual", true, model => model.Worst?.ToString() ?? "–", []),
        new("residuals", false, model => string.Join(", ", model.Residuals), []),
        Column<CostModel>.Text("note", "note", model => model.Note),
    ];

    /// <summary>The columns of how far each size lies from its line: in a list of its own in JSON, in one column of Markdown.</summary>
    public static IReadOnlyList<Column<Residual>> Residuals { get; } =
    [
        Column<Residual>.Hidden("method", residual => residual.Row.Id.Method),
        Column<Residual>.Hidden("function", residual => residual.Row.Id.Function),
        Column<Residual>.Hidden("payload", residual => residual.Row.Id.Payload),
        Column<Residual>.Hidden("payload_bytes", residual => (long)residual.Row.PayloadBytes),
        Column<Residual>.Hidden("residual", residual => residual.Relative),
    ];

    /// <summary>The columns of where one method overtakes another.</summary>
    public static IReadOnlyList<Column<Crossover>> Crossovers { get; } =
    [
        Column<Crossover>.Text("function", "function", crossover => crossover.Function),
        Column<Crossover>.Text("faster below", "faster_below", crossover => crossover.Smaller),
        Column<Crossover>.Text("faster above", "faster_above", crossover => crossover.Larger),
        Column<Crossover>.Ranged("payload", "payload", "_bytes", crossover => crossover.AtBytes, FigureFormat.Bytes),
        Column<Crossover>.Hidden("note", crossover => crossover.AtBytes.Withheld),
    ];

    public RunReport Report { get; }

    /// <summary>What the recommendation is made for.</summary>
    public Budget Budget { get; }

    /// <summary>The rows of <c>percentiles</c>.</summary>
    public IReadOnlyList<CaseRow> Rows { get; }

    /// <summary>The rows of <c>overhead</c>: all but direct's, the references', and the remedies' that no threshold names.</summary>
    public IEnumerable<CaseRow> OverheadRows => Rows.Where(row => _verdicts.Of(row) is not null);

    /// <summary>The rows of <c>overhead</c> that the brief's averages are over: those of methods that delegate each call by itself.</summary>
    public IEnumerable<CaseRow> AveragedRows => OverheadRows.Where(row => !_remedyMethods.Contains(row.Id.Method));

    /// <summary>What helped, and by how much.</summary>
    public IReadOnlyList<RemedyRow> Remedies { get; }

    /// <summary>The rows of <c>callers</c>; none where the run did not ask for callers.</summary>
    public IReadOnlyList<CallersRow> CallersRows { get; }

    /// <summary>The rows of methods that delegate: what is modelled and recommended. No reference, no remedy.</summary>
    public IReadOnlyList<CaseRow> MethodRows { get; }

    /// <summary>What a call costs over the payload, by method and function.</summary>
    public IReadOnlyList<CostModel> CostModels { get; }

    /// <summary>Where one method overtakes another as the payload grows.</summary>
    public IReadOnlyList<Crossover> CrossoverRows { get; }

    public Verdicts Verdicts => _verdicts;

    private static Column<CaseRow> SplitColumn(string title, string name, Func<Split, Figure> figure) =>
        Column<CaseRow>.Ranged(title, name, row => row.Split is { } split ? figure(split) : Figure.Unknown("–"));

    private static Column<CaseRow> RangeOf(string title, string name, Func<OverheadFigures, Figure> figure)
    {
        Column<CaseRow> ranged = Column<CaseRow>.Ranged(title, name, row => figure(row.Overhead!));
        return ranged with { Order = row => figure(row.Overhead!).Value, Fields = [new(name + "_low_ns", ranged.Fields[1].Value), new(name + "_high_ns", ranged.Fields[2].Value)] };
    }
}
