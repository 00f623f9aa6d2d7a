using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>All figures, verdicts and warnings of a report. Computed once; all tables, pages and pictures read them here.</summary>
internal sealed class RunAnalysis
{
    /// <param name="report">The run.</param>
    /// <param name="budget">The budget of the recommendation; null for the limits on overhead.</param>
    public RunAnalysis(RunReport report, Budget? budget = null)
    {
        Report = report;
        Cases = CaseSummary.All(report);
        Callers = CallersSummary.All(report);
        Noise = RunNoise.Of(report);
        Verdict = new RunVerdict(report, new Thresholds(report.Run.Thresholds), Cases);
        Overheads = RowsOf(report, Cases, Verdict);
        Remedies = RemedyEffect.All(report, Cases);
        HashSet<CaseId> delegating = [.. report.Delegating];
        Delegating = [.. Cases.Where(one => delegating.Contains(one.Id))];
        CostModels = CostModel.All(Delegating);
        Crossovers = Crossover.All(CostModels);
        Recommendation = Recommendation.Of(budget ?? Budget.Limits, Delegating, Verdict);
        HashSet<string> remedies = report.Tagged(MethodTags.Remedy);
        Averages = OverheadAverage.All(Overheads.Where(row => !remedies.Contains(row.Case.Id.Method)));
        Expectations = Expectation.All(report, Cases);
        Drifts = Drift.All(report);
        Warnings = RunWarnings.Of(this);
    }

    public RunReport Report { get; }

    /// <summary>Every case, in report order.</summary>
    public IReadOnlyList<CaseSummary> Cases { get; }

    /// <summary>The cases with several callers at once; empty where the run measured none.</summary>
    public IReadOnlyList<CallersSummary> Callers { get; }

    public RunNoise Noise { get; }

    public RunVerdict Verdict { get; }

    /// <summary>The cases with a verdict: all but those of direct, of references, and of remedies that no threshold names.</summary>
    public IReadOnlyList<OverheadRow> Overheads { get; }

    /// <summary>The effect of each remedy that was measured.</summary>
    public IReadOnlyList<RemedyEffect> Remedies { get; }

    /// <summary>The cases of the delegating methods: without direct, references and remedies.</summary>
    public IReadOnlyList<CaseSummary> Delegating { get; }

    /// <summary>The time by payload size, for each method and function.</summary>
    public IReadOnlyList<CostModel> CostModels { get; }

    /// <summary>The payload sizes above which another method is faster.</summary>
    public IReadOnlyList<Crossover> Crossovers { get; }

    public Recommendation Recommendation { get; }

    /// <summary>The averages that the project's brief asks for. Remedies are not in them.</summary>
    public IReadOnlyList<OverheadAverage> Averages { get; }

    /// <summary>The latencies that the project's brief expects, with the measured ones.</summary>
    public IReadOnlyList<Expectation> Expectations { get; }

    /// <summary>How much each method's calls changed during its passes, the lowest ratio first.</summary>
    public IReadOnlyList<Drift> Drifts { get; }

    /// <summary>The warnings, one sentence each.</summary>
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
