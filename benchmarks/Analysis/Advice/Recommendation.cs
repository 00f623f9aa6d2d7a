using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Advice;

/// <summary>A method and its verdicts: one verdict for each case that the budget covers.</summary>
internal sealed record Candidate(string Method, IReadOnlyList<CaseVerdict> Verdicts)
{
    /// <summary>The method's viability: the worst of its verdicts.</summary>
    public Viability Viability => Verdicts.Max(verdict => verdict.Viability);

    /// <summary>The cases whose stalls no limited quantile shows, those with the longest stalls first.</summary>
    public IReadOnlyList<CaseSummary> Stalling =>
    [
        .. Verdicts.Select(verdict => verdict.Case).Where(one => one.Tail is { IsStall: true }).OrderByDescending(one => one.Tail!.Share),
    ];
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

/// <summary>A method in a ranking, with the geometric mean of the quantity over the cases that all ranked methods share.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Figure">The mean, over the launches.</param>
/// <param name="ByLaunch">The mean in each launch; the key is the launch's number.</param>
internal sealed record RankedMethod(string Method, Figure Figure, IReadOnlyDictionary<int, double> ByLaunch);

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

    /// <summary>The first of <see cref="Ordered"/>, and all methods that are not shown to be dearer than it.</summary>
    public IReadOnlyList<RankedMethod> Cheapest
    {
        get
        {
            IReadOnlyList<RankedMethod> ordered = Ordered;
            IReadOnlyList<AdjustedRatio> ratios = RatiosToCheapest(ordered);
            return [ordered[0], .. ordered.Skip(1).Zip(ratios).Where(other => !IsDearer(other.Second)).Select(other => other.First)];
        }
    }

    /// <summary>The second method's quantity ÷ the first method's, paired by launch. Needs two methods.</summary>
    public PairedRatio NextToCheapest => RatiosToCheapest(Ordered)[0].Ratio;

    private static bool IsDearer(AdjustedRatio ratio) => ratio.IsShown && ratio.Ratio.MeanLog > 0;

    // Compares each method with the first one. The comparisons share one error rate, because the figures themselves chose the first method.
    private static IReadOnlyList<AdjustedRatio> RatiosToCheapest(IReadOnlyList<RankedMethod> ordered) =>
        PairedFamily.Judge([.. ordered.Skip(1).Select(other => PairedRatio.Of(other.ByLaunch, ordered[0].ByLaunch))]);
}

/// <summary>
/// The methods that fit a budget, and the cheapest of them. A method fits if each of its cases fits. A case does not fit if it failed, if
/// it was cold, or if its interval includes the budget. A method's figure is the geometric mean of its cases, computed within each launch,
/// so that each case has the same weight. Methods are compared within each launch too: see <see cref="PairedRatio"/>.
/// </summary>
internal sealed class Recommendation
{
    private readonly Dictionary<string, MethodReach?> _reaches;

    private Recommendation(Budget budget, IReadOnlyList<Candidate> candidates, IReadOnlyList<MethodReport> methods)
    {
        _reaches = methods.DistinctBy(method => method.Id).ToDictionary(method => method.Id, method => method.Reach);
        Budget = budget;
        Candidates = candidates;
        Fitting = [.. candidates.Where(candidate => candidate.Viability == Viability.Viable)];
        CaseSummary[][] shared = SharedCases(Fitting);
        SharedCount = shared.Length > 0 ? shared[0].Length : 0;
        Rankings = SharedCount == 0
            ? []
            : [.. Quantity.All.Select(quantity => new Ranking(
                quantity, [.. Fitting.Zip(shared, (candidate, cases) => RankedOf(candidate.Method, cases, quantity))]))];
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

    /// <summary>
    /// The rankings by latency for caller and runtime in one process, in two processes of one machine, and on two machines: each has the
    /// methods that reach so far, and is null if no fitting method does. Empty if a method's reach or latency is unknown, or if all methods
    /// reach two machines.
    /// </summary>
    public IReadOnlyList<(MethodReach Reach, Ranking? Ranking)> ByReach =>
        ByLatency is not { } ranking
            || ranking.Methods.Any(one => ReachOf(one.Method) is null)
            || ranking.Methods.All(one => ReachOf(one.Method) == MethodReach.Network)
            ? []
            :
            [
                .. from reach in Enum.GetValues<MethodReach>()
                   let methods = ranking.Methods.Where(one => ReachOf(one.Method) >= reach).ToArray()
                   select (reach, methods.Length > 0 ? ranking with { Methods = methods } : null),
            ];

    /// <summary>Computes the recommendation for a budget.</summary>
    /// <param name="budget">The budget that a method has to fit.</param>
    /// <param name="cases">The cases of the delegating methods.</param>
    /// <param name="verdict">The verdicts on the overhead of the cases.</param>
    /// <param name="methods">The descriptions of the methods.</param>
    public static Recommendation Of(
        Budget budget, IReadOnlyList<CaseSummary> cases, RunVerdict verdict, IReadOnlyList<MethodReport> methods) => new(
        budget,
        [
            .. from one in cases
               where budget.Covers(one.Id)
               group budget.Judge(one, verdict) by one.Id.Method into method
               select new Candidate(method.Key, [.. method]),
        ],
        methods);

    private MethodReach? ReachOf(string method) => _reaches.GetValueOrDefault(method);

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

    private static RankedMethod RankedOf(string method, CaseSummary[] cases, Quantity quantity)
    {
        if (cases.Select(quantity.Figure).FirstOrDefault(figure => figure.Value is null) is { } unknown)
        {
            return new RankedMethod(method, unknown, new Dictionary<int, double>());
        }

        IReadOnlyDictionary<int, double>[] figures = [.. cases.Select(quantity.ByLaunch)];
        var means = figures[0].Keys
            .Where(launch => figures.All(figure => figure.ContainsKey(launch)))
            .ToDictionary(launch => launch, launch => Math.Exp(figures.Average(figure => Math.Log(figure[launch]))));
        return new RankedMethod(
            method, means.Count == 0 ? Figure.Unknown("measured whole in no launch") : Figure.Of(means.Values), means);
    }
}
