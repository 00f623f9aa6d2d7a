using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Direct;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>One case as the reports show it: every figure over the case's launches, times in ns.</summary>
internal sealed class CaseRow
{
    /// <summary>The share of a case's time from which its stalled calls are worth a note.</summary>
    public const double NotedStallShare = 0.01;

    // What a caller worker in a process of its own answers is how long each call took, and nothing else.
    private const string NotTold = "not known of a caller in another process";

    private readonly CaseReport _case;
    private readonly IReadOnlyList<DecodedPass> _passes;

    private CaseRow(CaseReport one, IReadOnlyList<DecodedPass> passes, CaseRow? direct, RunReport report)
    {
        _case = one;
        _passes = passes;
        FloorNs = passes.Select(pass => (double?)pass.Clock.FloorNs).Max();
        Warmth = Warmth.Of(one, report.Launches);
        P50 = QuantileOver(0.5);
        P90 = QuantileOver(0.9);
        P95 = QuantileOver(0.95);
        P99 = QuantileOver(0.99);
        P999 = QuantileOver(0.999);
        Mean = FigureOver(pass => pass.Pass.MeanNs);
        Allocated = FigureOver(pass => pass.Pass.Process?.AllocatedBytes);
        Cpu = FigureOver(pass => pass.Pass.Process?.CpuNs);
        Moved = FigureOver(pass => pass.Pass.MovedBytes);
        P50ByLaunch = passes.ToDictionary(pass => pass.Pass.Launch, pass => pass.QuantileNs(0.5));
        if (Id.Method != DirectBinding.BaselineId && !Id.IsReference)
        {
            Overhead = new OverheadFigures(
                Difference(direct, 0.5), Difference(direct, 0.95), Difference(direct, 0.99), Ratio(direct),
                QuantileOver(0.5, delegation: true), QuantileOver(0.95, delegation: true), QuantileOver(0.99, delegation: true));
        }
    }

    public CaseId Id => _case.Id;

    public int PayloadBytes => _case.PayloadBytes;

    /// <summary>The launches that measured the case.</summary>
    public int Launches => _passes.Count;

    /// <summary>The calls of all of them.</summary>
    public long Calls => _passes.Sum(pass => (long)pass.Pass.Calls);

    public Figure P50 { get; }

    public Figure P90 { get; }

    public Figure P95 { get; }

    public Figure P99 { get; }

    public Figure P999 { get; }

    public Figure Mean { get; }

    public Figure Allocated { get; }

    public Figure Cpu { get; }

    /// <summary>Bytes of the encoded request and response, a call.</summary>
    public Figure Moved { get; }

    public double? MinNs => _passes.Min(pass => (double?)pass.Pass.MinNs);

    public double? MaxNs => _passes.Max(pass => (double?)pass.Pass.MaxNs);

    /// <summary>No duration below it is known, in ns; null where nothing was measured.</summary>
    public double? FloorNs { get; }

    public Warmth Warmth { get; }

    /// <summary>The figures against direct; null for direct itself and for references.</summary>
    public OverheadFigures? Overhead { get; }

    /// <summary>Each launch's p50, in ns.</summary>
    public IReadOnlyDictionary<int, double> P50ByLaunch { get; }

    /// <summary>The p50 in parts; null for direct, for references, and for a method that names none.</summary>
    public Split? Split { get; private set; }

    public bool Failed => _case.Failures.Count > 0 || _passes.Count == 0;

    public IReadOnlyList<PassReport> Passes => _case.Passes;

    /// <summary>What a reader has to know beside the figures.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. _case.Failures.Select(failure => $"failed in launch {failure.Launch}: {failure.Error}"),
        .. _passes.Count == 0 && _case.Failures.Count == 0 ? ["not measured"] : Array.Empty<string>(),
        .. Warmth.IsWarm ? [] : new[] { Warmth.Why },
        .. WithheldNotes(),
        .. TailNote() is { } tail ? [tail] : Array.Empty<string>(),
        .. StallNote() is { } stalls ? [stalls] : Array.Empty<string>(),
        .. _passes.Any(pass => pass.Pass.Process is null) ? [$"allocation, processor time, collections and moved bytes {NotTold}"] : Array.Empty<string>(),
    ];

    /// <summary>Why the delegation's own percentiles are not known; null where they are.</summary>
    public string? DelegationNote => _passes.Any(pass => pass.Pass.DelegationHistogram is null) ? $"delegation {NotTold}" : null;

    /// <summary>Collections during all passes; null where they are not known.</summary>
    public long? Collections(int generation) =>
        _passes.Any(pass => pass.Pass.Process is null) ? null : _passes.Sum(pass => (long)pass.Pass.Process!.Collections[generation]);

    /// <summary>Each launch's quantiles, in ns.</summary>
    /// <param name="quantiles">From 0 to 1, ascending.</param>
    public IReadOnlyDictionary<int, IReadOnlyList<double>> QuantilesByLaunch(IReadOnlyList<double> quantiles) =>
        _passes.ToDictionary(pass => pass.Pass.Launch, pass => pass.QuantilesNs(quantiles));

    /// <summary>All rows of a report, in its order.</summary>
    public static IReadOnlyList<CaseRow> All(RunReport report)
    {
        var clocks = report.Launches.Where(launch => launch.Clock is not null).ToDictionary(launch => launch.Number, launch => launch.Clock!);
        var rows = new Dictionary<CaseId, CaseRow>();
        // Direct first: the others are compared with it.
        foreach (CaseReport one in report.Cases.OrderBy(one => one.Method == DirectBinding.BaselineId ? 0 : 1))
        {
            rows[one.Id] = new CaseRow(
                one,
                [.. one.Passes.Select(pass => new DecodedPass(pass, clocks[pass.Launch]))],
                rows.GetValueOrDefault(one.Id.By(DirectBinding.BaselineId)),
                report);
        }

        var methods = report.Methods.ToDictionary(method => method.Id);
        foreach (CaseRow row in rows.Values.Where(row => row.Overhead is not null))
        {
            row.Split = methods.TryGetValue(row.Id.Method, out MethodReport? method) ? Split.Of(row, method, rows) : null;
        }

        return [.. report.Cases.Select(one => rows[one.Id])];
    }

    /// <summary>Why a quantile may not be printed: a launch that has too few calls for it; null where each has enough.</summary>
    public static string? TooFewCalls(double quantile, IEnumerable<(int Launch, int Calls)> launches)
    {
        long needed = Histograms.CallsNeeded(quantile);
        return launches.Where(launch => launch.Calls < needed)
            .Select(few => FormattableString.Invariant($"needs {needed} calls; launch {few.Launch} has {few.Calls}"))
            .FirstOrDefault();
    }

    private Figure FigureOver(Func<DecodedPass, double?> figure)
    {
        double[] known = [.. _passes.Select(figure).OfType<double>()];
        return _passes.Count == 0 ? Figure.Unknown("failed")
            : known.Length < _passes.Count ? Figure.Unknown(NotTold)
            : Figure.Of(known);
    }

    private Figure QuantileOver(double quantile, bool delegation = false)
    {
        if (_passes.Count == 0)
        {
            return Figure.Unknown("failed");
        }

        if ((TooFewCalls(quantile) ?? (delegation ? DelegationNote : null)) is { } withheld)
        {
            return Figure.Unknown(withheld);
        }

        Figure figure = Figure.Of(_passes.Select(pass => pass.QuantileNs(quantile, delegation)));
        return figure.Value < FloorNs ? Figure.Below(FloorNs.Value) : figure;
    }

    private Figure Difference(CaseRow? direct, double quantile)
    {
        IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> pairs = PairsWith(direct);
        if (pairs.Count == 0)
        {
            return Figure.Unknown("no launch measured direct too");
        }

        if ((TooFewCalls(quantile) ?? direct!.TooFewCalls(quantile)) is { } tooFew)
        {
            return Figure.Unknown(tooFew);
        }

        Figure difference = Figure.Of(pairs.Select(pair => pair.Pass.QuantileNs(quantile) - pair.Direct.QuantileNs(quantile)));
        return Math.Abs(difference.Value!.Value) < FloorNs ? Figure.Below(FloorNs.Value) : difference;
    }

    private Figure Ratio(CaseRow? direct)
    {
        IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> pairs = PairsWith(direct);
        return pairs.Count == 0 ? Figure.Unknown("no launch measured direct too")
            : direct!.P50.Withheld is { } withheld ? Figure.Unknown($"direct is {withheld}")
            : (TooFewCalls(0.5) ?? direct.TooFewCalls(0.5)) is { } tooFew ? Figure.Unknown(tooFew)
            : Figure.Of(pairs.Select(pair => pair.Pass.QuantileNs(0.5) / pair.Direct.QuantileNs(0.5)));
    }

    // Within a launch both were measured by one process: what differs from launch to launch cancels.
    private IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> PairsWith(CaseRow? direct) =>
    [
        .. from pass in _passes
           from other in direct?._passes ?? []
           where pass.Pass.Launch == other.Pass.Launch
           select (pass, other),
    ];

    private string? TooFewCalls(double quantile) => TooFewCalls(quantile, _passes.Select(pass => (pass.Pass.Launch, pass.Pass.Calls)));

    private IEnumerable<string> WithheldNotes() =>
        from quantile in new (string Name, Figure Figure)[] { ("p50", P50), ("p95", P95), ("p99", P99) }
        where _passes.Count > 0 && quantile.Figure.Withheld is not null
        select $"{quantile.Name} {quantile.Figure.Withheld}";

    private string? TailNote()
    {
        TailReport[] tails = [.. _passes.Select(pass => pass.Pass.Tail).OfType<TailReport>()];
        long calls = tails.Sum(tail => (long)tail.Calls);
        if (calls == 0 || P99.Value is not { } p99)
        {
            return null;
        }

        var causes = new (string What, long Calls)[]
        {
            ("a gen 2 collection", tails.Sum(tail => (long)tail.Gen2)),
            ("a gen 1 collection", tails.Sum(tail => (long)tail.Gen1)),
            ("a gen 0 collection", tails.Sum(tail => (long)tail.Gen0)),
            ("compilation", tails.Sum(tail => (long)tail.Compilation)),
        };
        (string what, long overlapped) = causes.MaxBy(cause => cause.Calls);
        // Less than that is no explanation of the tail.
        return overlapped * 10 >= calls
            ? FormattableString.Invariant($"p99 {Format.Duration(p99)}: {100.0 * overlapped / calls:0} % overlapped {what}")
            : null;
    }

    private string? StallNote()
    {
        StallReport[] stalls = [.. _passes.Select(pass => pass.Pass.Stalls).OfType<StallReport>()];
        int calls = stalls.Sum(stall => stall.Calls);
        double share = stalls.Sum(stall => stall.TotalNs) / _passes.Sum(pass => pass.Pass.MeanNs * pass.Pass.Calls);
        // Few and short, they move no figure that is shown.
        if (calls == 0 || share < NotedStallShare)
        {
            return null;
        }

        int collections = stalls.Sum(stall => stall.Collections);
        int compilation = stalls.Sum(stall => stall.Compilation);
        return FormattableString.Invariant(
            $"{calls} call{(calls == 1 ? "" : "s")} stalled for {PassReport.StallMs} ms or more, {share * 100:0} % of the time: {collections} overlapped a collection, {compilation} a compilation, {calls - collections - compilation} neither");
    }

    /// <summary>A pass with its histograms read.</summary>
    private sealed class DecodedPass(PassReport pass, ClockFloor clock)
    {
        private readonly RecordedCalls _total = RecordedCalls.Decode(pass.Histogram);
        private readonly RecordedCalls? _delegation = pass.DelegationHistogram is { } encoded ? RecordedCalls.Decode(encoded) : null;

        public PassReport Pass => pass;

        public ClockFloor Clock => clock;

        public double QuantileNs(double quantile, bool delegation = false) =>
            (delegation ? _delegation! : _total).ValueAt(quantile) * 1e9 / clock.Frequency;

        public IReadOnlyList<double> QuantilesNs(IReadOnlyList<double> quantiles) =>
            [.. quantiles.Select(quantile => QuantileNs(quantile))];
    }
}

/// <summary>A case against direct: same function, payload and launch. Times in ns; a difference may be negative.</summary>
/// <param name="P50">The difference of the p50s.</param>
/// <param name="P95">The difference of the p95s.</param>
/// <param name="P99">The difference of the p99s.</param>
/// <param name="Ratio">The ratio of the p50s.</param>
/// <param name="DelegationP50">The p50 of the calls' time less what the function ran.</param>
/// <param name="DelegationP95">The p95 of the same.</param>
/// <param name="DelegationP99">The p99 of the same.</param>
internal sealed record OverheadFigures(
    Figure P50, Figure P95, Figure P99, Figure Ratio, Figure DelegationP50, Figure DelegationP95, Figure DelegationP99);
