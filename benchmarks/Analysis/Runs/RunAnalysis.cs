using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>
/// All figures, verdicts and warnings of a report. They are computed once; all tables, pages and pictures use this object.
/// </summary>
internal sealed class RunAnalysis
{
    /// <summary>Analyzes a report.</summary>
    /// <param name="report">The report of the run.</param>
    /// <param name="budget">The budget of the recommendation. If it is null, the limits on the overhead apply instead.</param>
    public RunAnalysis(RunReport report, Budget? budget = null)
    {
        Report = report;
        Cases = CaseSummary.All(report);
        Callers = CallersSummary.All(report);
        Noise = RunNoise.Of(report);
        Anchor = AnchorDrift.Of(report);
        Verdict = new RunVerdict(report, new ThresholdSet(report.Run.Thresholds), Cases);
        Overheads = RowsOf(report, Cases, Verdict);
        Remedies = RemedyEffect.All(report, Cases);
        HashSet<CaseId> delegating = [.. report.Delegating];
        Delegating = [.. Cases.Where(one => delegating.Contains(one.Id))];
        // The p50 of a mix of sizes is not that of its mean size.
        bool hasMix = report.Run.PayloadFile?.Files is not null;
        CostModels = CostModel.All([.. Delegating.Where(one => !hasMix || one.Id.Payload != PayloadFileReport.Label)]);
        Crossovers = Crossover.All(CostModels);
        Recommendation = Recommendation.Of(budget ?? Budget.Limits, Delegating, Verdict, report.Methods);
        HashSet<string> remedies = report.Tagged(MethodTags.Remedy);
        Averages = OverheadAverage.All(Overheads.Where(row => !remedies.Contains(row.Case.Id.Method)));
        Expectations = Expectation.All(report, Cases);
        Drift = new Drift(report);
        Warnings = RunWarnings.Of(this);
    }

    public RunReport Report { get; }

    /// <summary>Every case, in report order.</summary>
    public IReadOnlyList<CaseSummary> Cases { get; }

    /// <summary>The cases with several concurrent callers. The list is empty if the run measured none.</summary>
    public IReadOnlyList<CallersSummary> Callers { get; }

    public RunNoise Noise { get; }

    /// <summary>How the machine's speed changed during the run. Null if the run measured no anchor.</summary>
    public AnchorDrift? Anchor { get; }

    public RunVerdict Verdict { get; }

    /// <summary>
    /// The cases that have a verdict. Cases of the method "direct" and of references have none. Cases of a remedy have one only if a
    /// threshold of the user names them.
    /// </summary>
    public IReadOnlyList<OverheadRow> Overheads { get; }

    /// <summary>The effect of each remedy that was measured.</summary>
    public IReadOnlyList<RemedyEffect> Remedies { get; }

    /// <summary>The cases of the delegating methods: all cases except those of "direct", of references and of remedies.</summary>
    public IReadOnlyList<CaseSummary> Delegating { get; }

    /// <summary>One model for each method and function: how the call time depends on the payload size.</summary>
    public IReadOnlyList<CostModel> CostModels { get; }

    /// <summary>The payload sizes at which the faster one of two methods changes.</summary>
    public IReadOnlyList<Crossover> Crossovers { get; }

    public Recommendation Recommendation { get; }

    /// <summary>The averages of overheads that the project's brief asks for, without the cases of remedies.</summary>
    public IReadOnlyList<OverheadAverage> Averages { get; }

    /// <summary>The latencies that the project's brief expects, compared with the measured latencies.</summary>
    public IReadOnlyList<Expectation> Expectations { get; }

    /// <summary>How much faster or slower the calls became during the passes.</summary>
    public Drift Drift { get; }

    /// <summary>The warnings of the report, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; }

    private static IReadOnlyList<OverheadRow> RowsOf(RunReport report, IReadOnlyList<CaseSummary> cases, RunVerdict verdict)
    {
        var byId = cases.ToDictionary(one => one.Id);
        var methods = report.Methods.ToDictionary(method => method.Id);
        return
        [
            .. from one in cases
               let judged = verdict.Of(one)
               where judged is not null
               let split = methods.TryGetValue(one.Id.Method, out MethodReport? method) ? TimeSplit.Of(one, method, byId) : null
               select new OverheadRow(one, judged, split),
        ];
    }
}
