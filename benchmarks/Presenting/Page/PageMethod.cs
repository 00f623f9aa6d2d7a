using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A method in the page's list.</summary>
/// <param name="Id">The method's id.</param>
/// <param name="Group">"method" or "remedy".</param>
/// <param name="Settings">The method's settings, in one line.</param>
/// <param name="Shown">Whether the charts show the method before the reader chooses.</param>
internal sealed record PageMethod(string Id, string Group, string Settings, bool Shown)
{
    // The most methods in the charts at first: more lines would be hard to distinguish.
    private const int ShownAtFirst = 6;

    /// <summary>All methods that can be drawn. The core methods come first, since they get the colours that differ most.</summary>
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

/// <summary>The time of a method and function over the payload: fixed + KB × perKb, in ns.</summary>
/// <param name="Method">The method.</param>
/// <param name="Function">The function.</param>
/// <param name="Fixed">The time of a call without payload.</param>
/// <param name="PerKb">The time that each KB adds.</param>
/// <param name="Note">A remark on the line, such as why there is none; null where there is no remark.</param>
internal sealed record PageModel(string Method, string Function, PageFigure Fixed, PageFigure PerKb, string? Note)
{
    public static PageModel Of(CostModel model) => new(
        model.Method,
        model.Function,
        PageFigure.Of(model.Fixed),
        PageFigure.Of(model.PerKb),
        model.Note is { Length: > 0 } note ? note : null);
}

/// <summary>The payload size from which another method is faster, in bytes.</summary>
/// <param name="Function">The function.</param>
/// <param name="Smaller">The method that is faster with smaller payloads.</param>
/// <param name="Larger">The method that is faster with larger payloads.</param>
/// <param name="AtBytes">The payload size, in bytes.</param>
internal sealed record PageCrossover(string Function, string Smaller, string Larger, PageFigure AtBytes)
{
    public static PageCrossover Of(Crossover crossover) =>
        new(crossover.Function, crossover.Smaller, crossover.Larger, PageFigure.Of(crossover.AtBytes));
}
