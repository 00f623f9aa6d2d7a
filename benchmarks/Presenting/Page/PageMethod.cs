using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A method in the page's list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Group">"method" or "remedy".</param>
/// <param name="Settings">Its settings, in one line.</param>
/// <param name="Shown">Whether it is drawn until the reader asks for others.</param>
internal sealed record PageMethod(string Id, string Group, string Settings, bool Shown)
{
    // More lines than these, and none can be told from the others.
    private const int ShownAtFirst = 6;

    /// <summary>All methods that can be drawn, the core ones first: theirs are the colours that differ most.</summary>
    public static IReadOnlyList<PageMethod> All(Tables tables, IReadOnlyList<string> recommended)
    {
        RunReport report = tables.Report;
        HashSet<string> core = [DirectBinding.BaselineId, .. report.Tagged(BindingTags.Core), .. report.Tagged(BindingTags.Verdict)];
        HashSet<string> remedies = report.Tagged(BindingTags.Remedy);
        HashSet<string> drawn = [.. tables.Rows.Where(row => !row.Id.IsReference).Select(row => row.Id.Method)];
        HashSet<string> shown = [.. core.Concat(recommended).Concat(ByLatency(tables)).Where(drawn.Contains).Distinct().Take(Math.Max(ShownAtFirst, core.Count(drawn.Contains)))];
        return
        [
            .. from method in report.Methods
               where drawn.Contains(method.Id)
               orderby core.Contains(method.Id) ? 0 : remedies.Contains(method.Id) ? 2 : 1
               select new PageMethod(method.Id, remedies.Contains(method.Id) ? "remedy" : "method", method.Settings, shown.Contains(method.Id)),
        ];
    }

    private static IEnumerable<string> ByLatency(Tables tables) =>
        from row in tables.MethodRows
        where row.P50.Value is > 0
        group Math.Log(row.P50.Value!.Value) by row.Id.Method into method
        orderby method.Average()
        select method.Key;
}

/// <summary>What a call of a method and function costs over the payload: fixed + KB × a KB, in ns.</summary>
/// <param name="Method">The method.</param>
/// <param name="Function">The function.</param>
/// <param name="Fixed">What a call costs that carries nothing.</param>
/// <param name="PerKb">What each KB adds.</param>
/// <param name="Note">What has to be said beside it; null where nothing has.</param>
internal sealed record PageModel(string Method, string Function, PageFigure Fixed, PageFigure PerKb, string? Note)
{
    public static PageModel Of(CostModel model) =>
        new(model.Method, model.Function, PageFigure.Of(model.Fixed), PageFigure.Of(model.PerKb), model.Note is { Length: > 0 } note ? note : null);
}

/// <summary>Where one method overtakes another, in bytes.</summary>
/// <param name="Function">The function.</param>
/// <param name="Smaller">The faster one below.</param>
/// <param name="Larger">The faster one above.</param>
/// <param name="AtBytes">Where.</param>
internal sealed record PageCrossover(string Function, string Smaller, string Larger, PageFigure AtBytes)
{
    public static PageCrossover Of(Crossover crossover) => new(crossover.Function, crossover.Smaller, crossover.Larger, PageFigure.Of(crossover.AtBytes));
}
