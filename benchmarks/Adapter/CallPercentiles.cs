using BenchmarkDotNet.Analysers;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Validators;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// Adds the percentiles of the latency pass to BenchmarkDotNet's table and exporters. A metric must be a number, so an unknown percentile
/// is left out, and the note column gives the reason. This class must not throw, because an exception would end BenchmarkDotNet's run.
/// </summary>
internal sealed class CallPercentiles(LaunchRunner launch) : IDiagnoser
{
    public IEnumerable<string> Ids => [nameof(CallPercentiles)];

    public IEnumerable<IExporter> Exporters => [];

    public IEnumerable<IAnalyser> Analysers => [];

    public RunMode GetRunMode(BenchmarkCase benchmarkCase) => RunMode.NoOverhead;

    public void Handle(HostSignal signal, DiagnoserActionParameters parameters)
    {
    }

    public IEnumerable<Metric> ProcessResults(DiagnoserResults results) =>
        launch.Record.Passes.TryGetValue(BenchmarkRun.IdOf(results.BenchmarkCase), out PassReport? pass)
            ? [.. Quantile.Limited
                .Where(quantile => pass.Calls >= Histograms.MinCalls(quantile.Share))
                .Select((quantile, order) => new Metric(
                    new Descriptor($"Call {quantile}", order),
                    ClockTicks.ToNs(RecordedCalls.Decode(pass.Histogram).ValueAt(quantile.Share))))]
            : [];

    public void DisplayResults(ILogger logger)
    {
    }

    public IEnumerable<ValidationError> Validate(ValidationParameters validationParameters) => [];

    private sealed class Descriptor(string name, int order) : IMetricDescriptor
    {
        public string Id => name;

        public string DisplayName => name;

        public string Legend => $"{name} of individually timed calls";

        public string NumberFormat => "N2";

        public UnitType UnitType => UnitType.Time;

        public string Unit => "ns";

        public bool TheGreaterTheBetter => false;

        public int PriorityInCategory => order;

        public bool GetIsAvailable(Metric metric) => true;
    }
}
