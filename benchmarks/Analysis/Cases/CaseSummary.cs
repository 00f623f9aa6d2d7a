using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>One case over all its launches: each figure is the median of the launches, with their range. Times in ns.</summary>
internal sealed class CaseSummary
{
    // The reason for missing figures: a caller worker in another process reports the times of its calls, and nothing else.
    private const string UnknownOfCaller = "not known of a caller in another process";

    private readonly CaseReport _report;
    private readonly IReadOnlyList<DecodedPass> _passes;

    private CaseSummary(CaseReport report, IReadOnlyList<DecodedPass> passes, CaseSummary? direct, IReadOnlyList<LaunchReport> launches)
    {
        _report = report;
        _passes = passes;
        FloorNs = passes.Select(pass => (double?)pass.Clock.FloorNs).Max();
        Warmth = Warmth.Of(report, launches);
        Latency = new QuantileFigures(Quantile.All, quantile => QuantileOver(quantile, pass => pass.TotalNs(quantile.Share)));
        Mean = FigureOver(pass => pass.Report.MeanNs);
        Allocated = FigureOver(pass => pass.Report.Process?.AllocatedBytes);
        Cpu = FigureOver(pass => pass.Report.Process?.CpuNs);
        Moved = FigureOver(pass => pass.Report.MovedBytes);
        P50ByLaunch = passes.ToDictionary(pass => pass.Report.Launch, pass => pass.TotalNs(Quantile.P50.Share));
        if (Id.Method != BaselineMethod.Id && !Id.IsReference)
        {
            Overhead = new OverheadFigures(
                new QuantileFigures(Quantile.Limited, quantile => Difference(direct, quantile)),
                Ratio(direct),
                new QuantileFigures(Quantile.Limited, Delegation));
        }
    }

    public CaseId Id => _report.Id;

    public int PayloadBytes => _report.PayloadBytes;

    /// <summary>The number of launches that measured the case.</summary>
    public int Launches => _passes.Count;

    /// <summary>The number of calls of all launches.</summary>
    public long Calls => _passes.Sum(pass => (long)pass.Report.Calls);

    /// <summary>The quantiles of the calls' times, for all of <see cref="Quantile.All"/>.</summary>
    public QuantileFigures Latency { get; }

    public Figure P50 => Latency[Quantile.P50];

    public Figure Mean { get; }

    /// <summary>Bytes allocated per call.</summary>
    public Figure Allocated { get; }

    /// <summary>Processor time per call.</summary>
    public Figure Cpu { get; }

    /// <summary>Bytes of the encoded request and response per call.</summary>
    public Figure Moved { get; }

    public double? MinNs => _passes.Min(pass => (double?)pass.Report.MinNs);

    public double? MaxNs => _passes.Max(pass => (double?)pass.Report.MaxNs);

    /// <summary>The shortest time that the clock resolves; null if no launch measured the case.</summary>
    public double? FloorNs { get; }

    public Warmth Warmth { get; }

    /// <summary>The figures compared with direct; null for direct itself and for references.</summary>
    public OverheadFigures? Overhead { get; }

    /// <summary>Each launch's p50, by the launch's number.</summary>
    public IReadOnlyDictionary<int, double> P50ByLaunch { get; }

    /// <summary>Whether the case failed in a launch, or no launch measured it.</summary>
    public bool Failed => _report.Failures.Count > 0 || _passes.Count == 0;

    public IReadOnlyList<PassReport> Passes => _report.Passes;

    public IReadOnlyList<CaseFailure> Failures => _report.Failures;

    /// <summary>Remarks about the figures, failures first.</summary>
    public IReadOnlyList<string> Notes => CaseNotes.Of(this);

    /// <summary>Why the quantiles without the function's own time are unknown; null where they are known.</summary>
    public string? DelegationNote =>
        _passes.Any(pass => pass.Report.DelegationHistogram is null) ? $"delegation {UnknownOfCaller}" : null;

    /// <summary>Why the process's own figures are unknown; null where they are known.</summary>
    public string? ProcessNote => _passes.Any(pass => pass.Report.Process is null)
        ? $"allocation, processor time, collections and moved bytes {UnknownOfCaller}"
        : null;

    /// <summary>The number of garbage collections of generation 0, 1 or 2 during all passes; null if unknown.</summary>
    public long? Collections(int generation) => _passes.Any(pass => pass.Report.Process is null)
        ? null
        : _passes.Sum(pass => (long)pass.Report.Process!.Collections[generation]);

    /// <summary>Each launch's quantiles, in ns, by the launch's number.</summary>
    /// <param name="shares">The quantiles, from 0 to 1.</param>
    public IReadOnlyDictionary<int, IReadOnlyList<double>> QuantilesByLaunch(IReadOnlyList<double> shares) =>
        _passes.ToDictionary(pass => pass.Report.Launch, pass => (IReadOnlyList<double>)[.. shares.Select(pass.TotalNs)]);

    /// <summary>Summarizes every case of a report, in report order.</summary>
    public static IReadOnlyList<CaseSummary> All(RunReport report)
    {
        var clocks = report.Launches
            .Where(launch => launch.Clock is not null)
            .ToDictionary(launch => launch.Number, launch => launch.Clock!);
        var summaries = new Dictionary<CaseId, CaseSummary>();
        // Direct first: the cases of other methods are compared with the direct case.
        foreach (CaseReport one in report.Cases.OrderBy(one => one.Method == BaselineMethod.Id ? 0 : 1))
        {
            summaries[one.Id] = new CaseSummary(
                one,
                [.. one.Passes.Select(pass => new DecodedPass(pass, clocks[pass.Launch]))],
                summaries.GetValueOrDefault(one.Id.By(BaselineMethod.Id)),
                report.Launches);
        }

        return [.. report.Cases.Select(one => summaries[one.Id])];
    }

    private Figure FigureOver(Func<DecodedPass, double?> figure)
    {
        double[] known = [.. _passes.Select(figure).OfType<double>()];
        return _passes.Count == 0 ? Figure.Unknown("failed")
            : known.Length < _passes.Count ? Figure.Unknown(UnknownOfCaller)
            : Figure.Of(known);
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

        return Figure.Of(_passes.Select(ns)).WithFloor(FloorNs);
    }

    private Figure Difference(CaseSummary? direct, Quantile quantile)
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

        double share = quantile.Share;
        return Figure.Of(pairs.Select(pair => pair.Pass.TotalNs(share) - pair.Direct.TotalNs(share))).WithFloor(FloorNs);
    }

    private Figure Ratio(CaseSummary? direct)
    {
        double share = Quantile.P50.Share;
        IReadOnlyList<(DecodedPass Pass, DecodedPass Direct)> pairs = PairsWith(direct);
        return pairs.Count == 0 ? Figure.Unknown("no launch measured direct too")
            : direct!.P50.Withheld is { } withheld ? Figure.Unknown($"direct is {withheld}")
            : (TooFewCalls(Quantile.P50) ?? direct.TooFewCalls(Quantile.P50)) is { } tooFew ? Figure.Unknown(tooFew)
            : Figure.Of(pairs.Select(pair => pair.Pass.TotalNs(share) / pair.Direct.TotalNs(share)));
    }

    // Pairs of passes from the same launch: one process measured both, so differences between launches cancel out.
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
