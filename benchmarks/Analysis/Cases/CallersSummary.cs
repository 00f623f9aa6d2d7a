using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>One case, called by a fixed number of concurrent callers, over all launches. Times are in ns.</summary>
internal sealed class CallersSummary
{
    private const int OneCaller = 1;

    private readonly CaseReport _report;
    private readonly IReadOnlyList<DecodedCalls> _launches;
    private readonly MachineDrift _drift;

    private CallersSummary(CaseReport one, int callers, RunReport run, MachineDrift drift)
    {
        _report = one;
        _drift = drift;
        Callers = callers;
        _launches = [.. DecodedCalls.Of(one, callers, run)];
        Latency = new QuantileFigures(Quantile.Limited, QuantileOver);
        CallsPerSecond = FigureOver(launch => launch.Report.CallsPerSecond);
        Cpu = FigureOver(launch => launch.Report.CpuNs);
        Allocated = FigureOver(launch => launch.Report.AllocatedBytes);
        // Divide two numbers of the same launch: one process measured both, so differences between launches cancel out.
        TimesOneCaller = run.Run.Callers.Contains(OneCaller)
            ? FigureOver(launch => launch.Report.CallsPerSecond / launch.ByOneCaller!.CallsPerSecond)
            : Figure.Unknown("is not known: one caller was not measured");
    }

    public CaseId Id => _report.Id;

    public int PayloadBytes => _report.PayloadBytes;

    /// <summary>The number of concurrent callers.</summary>
    public int Callers { get; }

    /// <summary>The number of launches that measured the case with this many callers.</summary>
    public int Launches => _launches.Count;

    /// <summary>The total number of calls in all launches.</summary>
    public long Calls => _launches.Sum(launch => (long)launch.Report.Calls);

    /// <summary>Calls per second, summed over all callers.</summary>
    public Figure CallsPerSecond { get; }

    /// <summary>The calls per second of all callers ÷ the calls per second of a single caller in the same launch.</summary>
    public Figure TimesOneCaller { get; }

    /// <summary>The quantiles of the calls' times: those in <see cref="Quantile.Limited"/>.</summary>
    public QuantileFigures Latency { get; }

    public double? MaxNs => _launches.Max(launch => (double?)launch.Report.MaxNs);

    /// <summary>Processor time per call.</summary>
    public Figure Cpu { get; }

    /// <summary>Bytes allocated per call.</summary>
    public Figure Allocated { get; }

    /// <summary>Remarks about the case's figures for the reader of the report. Failures come before other remarks.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. CaseNotes.Failures(_report.Failures, Launches),
        .. from figure in Quantile.Limited
               .Select(quantile => (quantile.Name, Figure: Latency[quantile]))
               .Append((Name: "× one caller", Figure: TimesOneCaller))
           where Launches > 0 && figure.Figure.Withheld is not null
           select $"{figure.Name} {figure.Figure.Withheld}",
    ];

    /// <summary>
    /// Summarizes each case for each number of callers, in report order. Returns an empty list if the run measured no concurrent callers.
    /// </summary>
    public static IReadOnlyList<CallersSummary> All(RunReport report)
    {
        HashSet<string> references = report.Tagged(MethodTags.Reference);
        MachineDrift drift = AnchorDrift.Of(report)?.Drift ?? MachineDrift.None;
        return
        [
            .. from one in report.Cases
               where !references.Contains(one.Method)
               from callers in report.Run.Callers
               select new CallersSummary(one, callers, report, drift),
        ];
    }

    private Figure FigureOver(Func<DecodedCalls, double> figure) =>
        Launches == 0 ? Figure.Unknown("failed") : Figure.Of(_launches.Select(figure), new Widening(Quantile.P50, _drift));

    private Figure QuantileOver(Quantile quantile)
    {
        if (Launches == 0)
        {
            return Figure.Unknown("failed");
        }

        if (CallsNeeded.Missing(quantile, _launches.Select(launch => (launch.Launch, launch.Report.Calls))) is { } tooFew)
        {
            return Figure.Unknown(tooFew);
        }

        return Figure.Of(_launches.Select(launch => launch.QuantileNs(quantile.Share)), new Widening(quantile, _drift))
            .WithFloor(_launches.Max(launch => launch.Clock.FloorNs));
    }

    /// <summary>The calls of one case in one launch, with their histogram decoded.</summary>
    private sealed class DecodedCalls(int launch, ClockFloor clock, CallersReport report, CallersReport? byOneCaller)
    {
        private readonly RecordedCalls _calls = RecordedCalls.Decode(report.Histogram);

        public int Launch => launch;

        public ClockFloor Clock => clock;

        public CallersReport Report => report;

        /// <summary>The measurement of the same case with one caller in the same launch. Null if one caller was not measured.</summary>
        public CallersReport? ByOneCaller => byOneCaller;

        public static IEnumerable<DecodedCalls> Of(CaseReport one, int callers, RunReport report) =>
            from pass in one.Passes
            from measured in pass.Callers
            where measured.Callers == callers
            select new DecodedCalls(
                pass.Launch,
                report.Launches.First(each => each.Number == pass.Launch).Clock!,
                measured,
                pass.Callers.FirstOrDefault(each => each.Callers == OneCaller));

        public double QuantileNs(double share) => clock.ToNs(_calls.ValueAt(share));
    }
}
