using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// One case over all its launches. Each figure is the median of the launches' figures, with their range. Times are in ns.
/// </summary>
internal sealed class CaseSummary
{
    // The reason that reports show for a missing figure. A caller worker in another process reports only the times of its calls.
    private const string UnknownOfCaller = "not known of a caller in another process";

    private readonly CaseReport _report;
    private readonly IReadOnlyList<DecodedPass> _passes;
    private readonly MachineDrift _drift;
    private readonly CaseSummary? _direct;
    private readonly Lazy<RecordedCalls> _allCalls;

    private CaseSummary(
        CaseReport report,
        IReadOnlyList<DecodedPass> passes,
        CaseSummary? direct,
        IReadOnlyList<LaunchReport> launches,
        MachineDrift drift)
    {
        _report = report;
        _drift = drift;
        _passes = passes;
        _direct = direct;
        _allCalls = new(() => RecordedCalls.Merge(passes.Select(pass => pass.Total)));
        FloorNs = passes.Select(pass => (double?)pass.Clock.FloorNs).Max();
        Warmth = Warmth.Of(report, launches);
        Latency = new QuantileFigures(Quantile.All, quantile => QuantileOver(quantile, pass => pass.TotalNs(quantile.Share)));
        Mean = FigureOver(pass => pass.Report.MeanNs);
        Tail = TailTime.Of(passes, Mean, Latency[Quantile.P99]);
        HeapNote = MethodNotes.Heap(Id.Method, launches);
        Allocated = FigureOver(pass => pass.Report.Process?.AllocatedBytes);
        Cpu = FigureOver(pass => pass.Report.Process?.CpuNs);
        Moved = FigureOver(pass => pass.Report.MovedBytes);
        P50ByLaunch = passes.ToDictionary(pass => pass.Report.Launch, pass => pass.TotalNs(Quantile.P50.Share));
        if (Id.Method != BaselineMethod.Id && !Id.IsReference)
        {
            Overhead = new OverheadFigures(
                new QuantileFigures(Quantile.Limitable, quantile => Difference(direct, quantile)),
                Ratio(direct),
                new QuantileFigures(Quantile.Limited, Delegation));
        }
    }

    public CaseId Id => _report.Id;

    public int PayloadBytes => _report.PayloadBytes;

    /// <summary>The number of launches that measured the case.</summary>
    public int Launches => _passes.Count;

    /// <summary>The total number of calls in all launches.</summary>
    public long Calls => _passes.Sum(pass => (long)pass.Report.Calls);

    /// <summary>The quantiles of the calls' times: those in <see cref="Quantile.All"/>.</summary>
    public QuantileFigures Latency { get; }

    public Figure P50 => Latency[Quantile.P50];

    public Figure Mean { get; }

    /// <summary>The share of the time that the slowest calls took. Null if a launch has too few calls for a p99.</summary>
    public TailTime? Tail { get; }

    /// <summary>A remark about a live heap that grows with the method's calls. Null if it does not.</summary>
    public string? HeapNote { get; }

    /// <summary>Bytes allocated per call.</summary>
    public Figure Allocated { get; }

    /// <summary>Processor time per call.</summary>
    public Figure Cpu { get; }

    /// <summary>Bytes of one call's encoded request and response.</summary>
    public Figure Moved { get; }

    public double? MinNs => _passes.Min(pass => (double?)pass.Report.MinNs);

    public double? MaxNs => _passes.Max(pass => (double?)pass.Report.MaxNs);

    /// <summary>The shortest time that the clock can measure, in ns. Null if no launch measured the case.</summary>
    public double? FloorNs { get; }

    public Warmth Warmth { get; }

    /// <summary>The comparison with the method "direct". Null for the cases of "direct" itself and of references.</summary>
    public OverheadFigures? Overhead { get; }

    /// <summary>The p50 of the calls in each launch, in ns. The key is the launch's number.</summary>
    public IReadOnlyDictionary<int, double> P50ByLaunch { get; }

    /// <summary>Whether the case failed in at least one launch, or was measured in no launch.</summary>
    public bool Failed => _report.Failures.Count > 0 || _passes.Count == 0;

    public IReadOnlyList<PassReport> Passes => _report.Passes;

    public IReadOnlyList<CaseFailure> Failures => _report.Failures;

    /// <summary>Remarks about the case's figures for the reader of the report. Failures come before other remarks.</summary>
    public IReadOnlyList<string> Notes => CaseNotes.Of(this);

    /// <summary>
    /// Why the quantiles of the calls' times without the function's own time are unknown. Null if these quantiles are known.
    /// </summary>
    public string? DelegationNote =>
        _passes.Any(pass => pass.Report.DelegationHistogram is null) ? $"delegation {UnknownOfCaller}" : null;

    /// <summary>
    /// Why figures of the measuring process, such as its garbage collections, are unknown. Null if these figures are known.
    /// </summary>
    public string? ProcessNote => _passes.Any(pass => pass.Report.Process is null)
        ? $"allocation, processor time, collections and moved bytes {UnknownOfCaller}"
        : null;

    /// <summary>
    /// The number of garbage collections of one generation (0, 1 or 2) during all passes of the case. Null if the number is unknown.
    /// </summary>
    public long? Collections(int generation) => _passes.Any(pass => pass.Report.Process is null)
        ? null
        : _passes.Sum(pass => (long)pass.Report.Process!.Collections[generation]);

    /// <summary>Computes quantiles of the calls' times in each launch, in ns. The key is the launch's number.</summary>
    /// <param name="shares">The quantiles to compute, from 0 to 1.</param>
    public IReadOnlyDictionary<int, IReadOnlyList<double>> QuantilesByLaunch(IReadOnlyList<double> shares) =>
        _passes.ToDictionary(pass => pass.Report.Launch, pass => (IReadOnlyList<double>)[.. shares.Select(pass.TotalNs)]);

    /// <summary>
    /// Computes a quantile of the calls of all launches together, in ns. It is usually higher than the median of the launches' quantiles,
    /// because a slow launch contributes most of the slowest calls. Null if the launches have too few calls together, or if the quantile is
    /// too short for the clock.
    /// </summary>
    public double? MergedNs(Quantile quantile)
    {
        // Ticks of different lengths cannot be added. Launches on one machine have the same clock.
        if (_passes.Count == 0
            || Calls < Histograms.MinCalls(quantile.Share)
            || _passes.Select(pass => pass.Clock.Frequency).Distinct().Count() > 1)
        {
            return null;
        }

        double ns = _passes[0].Clock.ToNs(_allCalls.Value.ValueAt(quantile.Share));
        return ns < FloorNs ? null : ns;
    }

    /// <summary>
    /// The overhead at a quantile in each launch that measured the method "direct" too, in ns. The key is the launch's number.
    /// </summary>
    public IReadOnlyDictionary<int, double> DifferenceByLaunch(Quantile quantile) => PairsWith(_direct).ToDictionary(
        pair => pair.Pass.Report.Launch, pair => pair.Pass.TotalNs(quantile.Share) - pair.Direct.TotalNs(quantile.Share));

    /// <summary>Summarizes each case of a report, in report order.</summary>
    public static IReadOnlyList<CaseSummary> All(RunReport report)
    {
        var clocks = report.Launches
            .Where(launch => launch.Clock is not null)
            .ToDictionary(launch => launch.Number, launch => launch.Clock!);
        MachineDrift drift = AnchorDrift.Of(report)?.Drift ?? MachineDrift.None;
        var summaries = new Dictionary<CaseId, CaseSummary>();
        // Summarize the cases of the method "direct" first, because the cases of other methods are compared with them.
        foreach (CaseReport one in report.Cases.OrderBy(one => one.Method == BaselineMethod.Id ? 0 : 1))
        {
            summaries[one.Id] = new CaseSummary(
                one,
                [.. one.Passes.Select(pass => new DecodedPass(pass, clocks[pass.Launch]))],
                summaries.GetValueOrDefault(one.Id.By(BaselineMethod.Id)),
                report.Launches,
                drift);
        }

        return [.. report.Cases.Select(one => summaries[one.Id])];
    }

    private Widening WideningOf(Quantile quantile) => new(quantile, _drift);

    private Figure FigureOver(Func<DecodedPass, double?> figure)
    {
        double[] known = [.. _passes.Select(figure).OfType<double>()];
        return _passes.Count == 0 ? Figure.Unknown("failed")
            : known.Length < _passes.Count ? Figure.Unknown(UnknownOfCaller)
            : Figure.Of(known, WideningOf(Quantile.P50));
    }

    private Figure Delegation(Quantile quantile) => DelegationNote is { } unknown && TooFewCalls(quantile) is null
        ? Figure.Unknown(unknown)
        : QuantileOver(quantile, pass => pass.DelegationNs(quantile.Share));

    private Figure QuantileOver(Quantile quantile, Func<DecodedPass, double> ns)
    {
        if (_passes.Count == 0)
        {
            return Figure.Unknown("failed");
        }

        if (TooFewCalls(quantile) is { } tooFew)
        {
            return Figure.Unknown(tooFew);
        }

        return Figure.Of(_passes.Select(ns), WideningOf(quantile)).WithFloor(FloorNs);
    }

    private Figure Difference(CaseSummary? direct, Quantile quantile)
    {
        IReadOnlyDictionary<int, double> differences = DifferenceByLaunch(quantile);
        if (differences.Count == 0)
        {
            return Figure.Unknown("no launch measured direct too");
        }

        if ((TooFewCalls(quantile) ?? direct!.TooFewCalls(quantile)) is { } tooFew)
        {
            return Figure.Unknown(tooFew);
        }

        return Figure.Of(differences.Values, WideningOf(quantile)).WithFloor(FloorNs);
    }

    private Figure Ratio(CaseSummary? direct)
    {
        double share = Quantile.P50.Share;
        IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> pairs = PairsWith(direct);
        return pairs.Count == 0 ? Figure.Unknown("no launch measured direct too")
            : direct!.P50.Withheld is { } withheld ? Figure.Unknown($"direct is {withheld}")
            : (TooFewCalls(Quantile.P50) ?? direct.TooFewCalls(Quantile.P50)) is { } tooFew ? Figure.Unknown(tooFew)
            : Figure.Of(pairs.Select(pair => pair.Pass.TotalNs(share) / pair.Direct.TotalNs(share)), WideningOf(Quantile.P50));
    }

    // Pairs this case's pass with the pass of "direct" in the same launch. One process measured both passes, so differences between
    // launches cancel out.
    private IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> PairsWith(CaseSummary? direct) =>
    [
        .. from pass in _passes
           from other in direct?._passes ?? []
           where pass.Report.Launch == other.Report.Launch
           select (pass, other),
    ];

    private string? TooFewCalls(Quantile quantile) =>
        CallsNeeded.Missing(quantile, _passes.Select(pass => (pass.Report.Launch, pass.Report.Calls)));
}
