using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>One case with some callers at once, as the reports show it: every figure over the case's launches, times in ns.</summary>
internal sealed class CallersRow
{
    private const int OneCaller = 1;

    private readonly CaseReport _case;
    private readonly IReadOnlyList<DecodedCalls> _launches;

    private CallersRow(CaseReport one, int callers, RunReport report)
    {
        _case = one;
        Callers = callers;
        _launches = [.. DecodedCalls.Of(one, callers, report)];
        P50 = QuantileOver(0.5);
        P95 = QuantileOver(0.95);
        P99 = QuantileOver(0.99);
        CallsPerSecond = FigureOver(launch => launch.Report.CallsPerSecond);
        Cpu = FigureOver(launch => launch.Report.CpuNs);
        Allocated = FigureOver(launch => launch.Report.AllocatedBytes);
        // Within a launch both were measured by one process: what differs from launch to launch cancels.
        TimesOneCaller = report.Run.Callers.Contains(OneCaller)
            ? FigureOver(launch => launch.Report.CallsPerSecond / launch.ByOneCaller!.CallsPerSecond)
            : Figure.Unknown("is not known: one caller was not measured");
    }

    public CaseId Id => _case.Id;

    public int PayloadBytes => _case.PayloadBytes;

    /// <summary>How many called at once.</summary>
    public int Callers { get; }

    /// <summary>The launches that measured it.</summary>
    public int Launches => _launches.Count;

    /// <summary>The calls of all of them.</summary>
    public long Calls => _launches.Sum(launch => (long)launch.Report.Calls);

    /// <summary>Calls a second, of all callers together.</summary>
    public Figure CallsPerSecond { get; }

    /// <summary>Calls a second ÷ those of one caller in the same launch.</summary>
    public Figure TimesOneCaller { get; }

    public Figure P50 { get; }

    public Figure P95 { get; }

    public Figure P99 { get; }

    public double? MaxNs => _launches.Max(launch => (double?)launch.Report.MaxNs);

    public Figure Cpu { get; }

    public Figure Allocated { get; }

    /// <summary>What a reader has to know beside the figures.</summary>
    public IReadOnlyList<string> Notes =>
    [
        .. _case.Failures.Select(failure => $"failed in launch {failure.Launch}: {failure.Error}"),
        .. Launches == 0 && _case.Failures.Count == 0 ? ["not measured"] : Array.Empty<string>(),
        .. from figure in new (string Name, Figure Figure)[] { ("p50", P50), ("p95", P95), ("p99", P99), ("× one caller", TimesOneCaller) }
           where Launches > 0 && figure.Figure.Withheld is not null
           select $"{figure.Name} {figure.Figure.Withheld}",
    ];

    /// <summary>All rows of a report, in its order: a row a case and number of callers. None where it was not asked for.</summary>
    public static IReadOnlyList<CallersRow> All(RunReport report)
    {
        HashSet<string> references = report.Tagged(BindingTags.Reference);
        return
        [
            .. from one in report.Cases
               where !references.Contains(one.Method)
               from callers in report.Run.Callers
               select new CallersRow(one, callers, report),
        ];
    }

    private Figure FigureOver(Func<DecodedCalls, double> figure) => Launches == 0 ? Figure.Unknown("failed") : Figure.Of(_launches.Select(figure));

    private Figure QuantileOver(double quantile)
    {
        if (Launches == 0)
        {
            return Figure.Unknown("failed");
        }

        if (CaseRow.TooFewCalls(quantile, _launches.Select(launch => (launch.Launch, launch.Report.Calls))) is { } tooFew)
        {
            return Figure.Unknown(tooFew);
        }

        Figure figure = Figure.Of(_launches.Select(launch => launch.QuantileNs(quantile)));
        double floorNs = _launches.Max(launch => launch.Clock.FloorNs);
        return figure.Value < floorNs ? Figure.Below(floorNs) : figure;
    }

    /// <summary>A launch's calls with their histogram read.</summary>
    private sealed class DecodedCalls(int launch, ClockFloor clock, CallersReport report, CallersReport? byOneCaller)
    {
        private readonly RecordedCalls _calls = RecordedCalls.Decode(report.Histogram);

        public int Launch => launch;

        public ClockFloor Clock => clock;

        public CallersReport Report => report;

        /// <summary>The same case with one caller; null where that was not measured.</summary>
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

        public double QuantileNs(double quantile) => _calls.ValueAt(quantile) * 1e9 / clock.Frequency;
    }
}
