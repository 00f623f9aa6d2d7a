using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A method in the list of the page.</summary>
/// <param name="Id">The method's id.</param>
/// <param name="Group">The group in the list: "method" or "remedy".</param>
/// <param name="Settings">The method's settings, in one line.</param>
/// <param name="Shown">Whether the charts show the method when the page opens.</param>
internal sealed record PageMethod(string Id, string Group, string Settings, bool Shown)
{
    // The largest number of methods in the charts when the page opens. More lines would be hard to distinguish.
    private const int ShownAtFirst = 6;

    /// <summary>All methods that the charts can show. The core methods come first, because the first colours differ most.</summary>
    public static IReadOnlyList<PageMethod> All(RunAnalysis analysis)
    {
        RunReport report = analysis.Report;
        HashSet<string> core = [BaselineMethod.Id, .. report.Tagged(MethodTags.Core), .. report.Tagged(MethodTags.Verdict)];
        HashSet<string> remedies = report.Tagged(MethodTags.Remedy);
        HashSet<string> drawn = [.. analysis.Cases.Where(one => !one.Id.IsReference).Select(one => one.Id.Method)];
        IEnumerable<string> byInterest = core.Concat(Recommended(analysis)).Concat(ByLatency(analysis)).Where(drawn.Contains).Distinct();
        HashSet<string> shown = [.. byInterest.Take(Math.Max(ShownAtFirst, core.Count(drawn.Contains)))];
        return
        [
            .. from method in report.Methods
               where drawn.Contains(method.Id)
               let isRemedy = remedies.Contains(method.Id)
               orderby core.Contains(method.Id) ? 0 : isRemedy ? 2 : 1
               select new PageMethod(method.Id, isRemedy ? "remedy" : "method", method.Settings, shown.Contains(method.Id)),
        ];
    }

    private static IEnumerable<string> Recommended(RunAnalysis analysis) =>
        analysis.Recommendation.ByLatency?.Cheapest.Select(method => method.Method) ?? [];

    private static IEnumerable<string> ByLatency(RunAnalysis analysis) =>
        from one in analysis.Delegating
        where one.P50.Value is > 0
        group Math.Log(one.P50.Value!.Value) by one.Id.Method into method
        orderby method.Average()
        select method.Key;
}

/// <summary>A method's call time as a line over the payload size: Fixed + KB × PerKb, in ns.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Function">The function's id.</param>
/// <param name="Fixed">The time of a call without payload, in ns.</param>
/// <param name="PerKb">The time that each KB of payload adds, in ns.</param>
/// <param name="Note">A remark on the line, such as the reason why there is no line, or null if there is no remark.</param>
internal sealed record PageModel(string Method, string Function, PageFigure Fixed, PageFigure PerKb, string? Note)
{
    public static PageModel Of(CostModel model) => new(
        model.Method,
        model.Function,
        PageFigure.Of(model.Fixed),
        PageFigure.Of(model.PerKb),
        model.Note is { Length: > 0 } note ? note : null);
}

/// <summary>A crossover: the payload size from which another method is faster.</summary>
/// <param name="Function">The function's id.</param>
/// <param name="Smaller">The method that is faster below this payload size.</param>
/// <param name="Larger">The method that is faster above this payload size.</param>
/// <param name="AtBytes">The payload size, in bytes.</param>
internal sealed record PageCrossover(string Function, string Smaller, string Larger, PageFigure AtBytes)
{
    public static PageCrossover Of(Crossover crossover) =>
        new(crossover.Function, crossover.Smaller, crossover.Larger, PageFigure.Of(crossover.AtBytes));
}
