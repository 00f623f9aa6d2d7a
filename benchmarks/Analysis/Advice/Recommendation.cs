using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Advice;

/// <summary>A method and its verdicts: one verdict for each case that the budget covers.</summary>
internal sealed record Candidate(string Method, IReadOnlyList<CaseVerdict> Verdicts)
{
    /// <summary>The method's viability: the worst of its verdicts.</summary>
    public Viability Viability => Verdicts.Max(verdict => verdict.Viability);
}

/// <summary>A property of a case by which a recommendation compares methods, such as the latency.</summary>
/// <param name="Name">The quantity's name in reports.</param>
/// <param name="Figure">A function that returns the quantity of a case, over all launches.</param>
/// <param name="ByLaunch">A function that returns the quantity of a case for each launch; the key is the launch's number.</param>
/// <param name="Write">A function that formats the quantity as text.</param>
internal sealed record Quantity(
    string Name,
    Func<CaseSummary, Figure> Figure,
    Func<CaseSummary, IReadOnlyDictionary<int, double>> ByLaunch,
    Func<Figure, string> Write)
{
    public static readonly Quantity Latency = new("latency (p50)", one => one.P50, one => one.P50ByLaunch, FigureFormat.Duration);

    /// <summary>The quantities that reports compare methods by, in the order of the reports.</summary>
    public static readonly IReadOnlyList<Quantity> All =
    [
        Latency,
        new("processor time a call", one => one.Cpu, one => OfProcess(one, process => process.CpuNs), FigureFormat.Duration),
        new("allocation a call", one => one.Allocated, one => OfProcess(one, process => process.AllocatedBytes), FigureFormat.Bytes),
    ];

    private static Dictionary<int, double> OfProcess(CaseSummary summary, Func<ProcessReport, double> figure) => summary.Passes
        .Where(pass => pass.Process is not null)
        .ToDictionary(pass => pass.Launch, pass => figure(pass.Process!));
}

/// <summary>A method and its figure in a ranking. The figure is the geometric mean over the cases that all ranked methods share.</summary>
internal sealed record RankedMethod(string Method, Figure Figure);

/// <summary>The methods that fit the budget, compared by one quantity.</summary>
/// <param name="Quantity">The compared quantity.</param>
/// <param name="Methods">The methods in report order.</param>
internal sealed record Ranking(Quantity Quantity, IReadOnlyList<RankedMethod> Methods)
{
    /// <summary>
    /// The first method whose figure is unknown. Null if all figures are known. A ranking with an unknown figure cannot be sorted.
    /// </summary>
    public RankedMethod? Unknown => Methods.FirstOrDefault(method => method.Figure.Value is null);

    /// <summary>The methods sorted by their figures, the cheapest method first.</summary>
    public IReadOnlyList<RankedMethod> Ordered => [.. Methods.OrderBy(method => method.Figure.Value)];

    /// <summary>The cheapest method, and all methods whose interval overlaps the interval of the cheapest method.</summary>
    public IReadOnlyList<RankedMethod> Cheapest
    {
        get
        {
            IReadOnlyList<RankedMethod> ordered = Ordered;
            return [.. ordered.Where(method => method.Figure.Judged()!.Value.Low <= ordered[0].Figure.Judged()!.Value.High)];
        }
    }
}

/// <summary>
/// The methods that fit a budget, and the cheapest of them. A method fits if each of its cases fits. A case does not fit if it failed, if
/// it was cold, or if its interval includes the budget. A method's figure is the geometric mean of its cases, computed within each launch,
/// so that each case has the same weight.
/// </summary>
internal sealed class Recommendation
{
    private Recommendation(Budget budget, IReadOnlyList<Candidate> candidates)
    {
        Budget = budget;
        Candidates = candidates;
        Fitting = [.. candidates.Where(candidate => candidate.Viability == Viability.Viable)];
        CaseSummary[][] shared = SharedCases(Fitting);
        SharedCount = shared.Length > 0 ? shared[0].Length : 0;
        Rankings = SharedCount == 0
            ? []
            : [.. Quantity.All.Select(quantity => new Ranking(
                quantity, [.. Fitting.Zip(shared, (candidate, cases) => new RankedMethod(candidate.Method, MeanOf(cases, quantity)))]))];
    }

    public Budget Budget { get; }

    /// <summary>The delegating methods that were measured, in report order.</summary>
    public IReadOnlyList<Candidate> Candidates { get; }

    /// <summary>The methods that fit the budget, in report order.</summary>
    public IReadOnlyList<Candidate> Fitting { get; }

    /// <summary>The number of cases that all fitting methods share. Rankings compare only these cases.</summary>
    public int SharedCount { get; }

    /// <summary>One ranking of the fitting methods for each quantity. The list is empty if the methods share no case.</summary>
    public IReadOnlyList<Ranking> Rankings { get; }

    /// <summary>The ranking by latency. Null if there is no such ranking, or if the latency of a method is unknown.</summary>
    public Ranking? ByLatency => Rankings.FirstOrDefault(ranking => ranking.Quantity == Quantity.Latency && ranking.Unknown is null);

    /// <summary>Computes the recommendation for a budget.</summary>
    /// <param name="budget">The budget that a method has to fit.</param>
    /// <param name="cases">The cases of the delegating methods.</param>
    /// <param name="verdict">The verdicts on the overhead of the cases.</param>
    public static Recommendation Of(Budget budget, IReadOnlyList<CaseSummary> cases, RunVerdict verdict) => new(
        budget,
        [
            .. from one in cases
               where budget.Covers(one.Id)
               group budget.Judge(one, verdict) by one.Id.Method into method
               select new Candidate(method.Key, [.. method]),
        ]);

    // Returns one array for each fitting method: its cases whose function and payload all fitting methods have.
    private static CaseSummary[][] SharedCases(IReadOnlyList<Candidate> fitting)
    {
        HashSet<(string Function, string Payload)> shared =
        [
            .. fitting.SelectMany(method => method.Verdicts)
                .GroupBy(verdict => (verdict.Case.Id.Function, verdict.Case.Id.Payload))
                .Where(group => group.Count() == fitting.Count)
                .Select(group => group.Key),
        ];
        return
        [
            .. fitting.Select(method => method.Verdicts
                .Select(verdict => verdict.Case)
                .Where(one => shared.Contains((one.Id.Function, one.Id.Payload)))
                .ToArray()),
        ];
    }

    private static Figure MeanOf(CaseSummary[] cases, Quantity quantity)
    {
        if (cases.Select(quantity.Figure).FirstOrDefault(figure => figure.Value is null) is { } unknown)
        {
            return unknown;
        }

        IReadOnlyDictionary<int, double>[] figures = [.. cases.Select(quantity.ByLaunch)];
        double[] means =
        [
            .. from launch in figures[0].Keys
               where figures.All(figure => figure.ContainsKey(launch))
               select Math.Exp(figures.Average(figure => Math.Log(figure[launch]))),
        ];
        return means.Length == 0 ? Figure.Unknown("measured whole in no launch") : Figure.Of(means);
    }
}
