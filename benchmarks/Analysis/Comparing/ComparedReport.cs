using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>A <c>report.json</c> to compare. Its figures are those of the run's tables, so all forms get the same answer.</summary>
internal sealed class ComparedReport(RunReport report) : ComparedFile
{
    private const string Unknown = "unknown";

    private readonly IReadOnlyList<CaseSummary> _cases = CaseSummary.All(report);

    private IReadOnlyDictionary<string, ComparedCase>? _figures;

    public RunReport Report => report;

    /// <summary>All cases of the report, also references.</summary>
    public IReadOnlyList<CaseSummary> Summaries => _cases;

    public override string Kind => KindOfRun;

    public override int Launches => report.Launches.Count(launch => launch.Outcome == LaunchOutcome.Finished);

    public override IReadOnlyDictionary<string, ComparedCase> Figures =>
        _figures ??= _cases.ToDictionary(one => one.Id.ToString(), FiguresOf);

    public override IReadOnlyDictionary<string, string> Conditions { get; } = RunConditions.Of(report);

    public override IReadOnlyDictionary<string, string> SharedConditions { get; } = RunConditions.SharedOf(report);

    public override IReadOnlyDictionary<string, string> Remarks { get; } = new Dictionary<string, string>
    {
        ["version of this program"] = report.Environment?.Tool ?? Unknown,
        // Two runs must use the same numbers of callers. The passes with several callers run between the compared passes, and leave more
        // connections and threads open.
        ["callers at once"] = report.Run.Callers.Count > 0 ? string.Join(", ", report.Run.Callers) : "not measured",
        ["arguments for BenchmarkDotNet"] = string.Join(' ', report.Run.BenchmarkDotNetArguments),
    };

    public override IEnumerable<string> Warnings
    {
        get
        {
            if (RunNoise.Of(report) is { Grade: not NoiseGrade.Quiet } noise)
            {
                yield return noise.Line;
            }

            if (report.Interrupted)
            {
                yield return "its run was interrupted";
            }

            if (report.Run.Dirty == true)
            {
                yield return $"it was measured with changes that commit {report.Run.Commit} does not have";
            }
        }
    }

    public override IEnumerable<string> Failures => report.Failures;

    private static ComparedCase FiguresOf(CaseSummary one) => new(
        ComparedMetrics.All.ToDictionary(
            metric => metric.Name,
            metric => metric.Quantile is { } quantile ? Ranged(one.Latency[quantile])
                : metric.Name == Metric.Mean.Name ? Ranged(one.Mean)
                : new Ranged(one.Allocated.Value, null, null)),
        one.Launches == 0 || one.Warmth.IsWarm);

    private static Ranged Ranged(Figure figure) => new(figure.Value, figure.Low, figure.High);
}
