using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Direct;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>
/// What the pictures show: direct, the core methods, and of the others those with the least p50s (geometric mean over the
/// function's payloads), eight together. A case that failed, was not warm, or whose p50 is not known is not drawn.
/// </summary>
internal sealed class PictureCases
{
    private readonly ILookup<string, CaseRow> _byMethod;

    public PictureCases(Tables tables)
    {
        HashSet<string> core = tables.Report.Tagged(BindingTags.Core);
        CaseRow[] usable = [.. tables.Rows.Where(row => row.Id.Function == Matrix.Echo && !row.Failed && row.Warmth.IsWarm && row.P50.Value > 0)];
        HashSet<CaseId> delegating = [.. tables.MethodRows.Select(row => row.Id)];
        _byMethod = usable.Where(row => row.Id.Method == DirectBinding.BaselineId || delegating.Contains(row.Id)).ToLookup(row => row.Id.Method);
        int most = _byMethod.Max(method => (int?)method.Count()) ?? 0;
        string[] chosen =
        [
            .. from method in _byMethod
               // With other payloads a mean would be of something else.
               where core.Contains(method.Key) || method.Count() == most
               orderby method.Key != DirectBinding.BaselineId, !core.Contains(method.Key), method.Average(row => Math.Log(row.P50.Value!.Value))
               select method.Key,
        ];
        HashSet<string> shown = [.. chosen.Take(PictureStyle.Styles)];
        // In the report's order, in which a reader knows them.
        Methods = [.. _byMethod.Select(method => method.Key).Where(shown.Contains)];
        LeftOut = tables.Rows.Where(row => row.Id.Function == Matrix.Echo && delegating.Contains(row.Id)).Select(row => row.Id.Method).Distinct().Count(method => !shown.Contains(method));
    }

    /// <summary>The methods, in the report's order: the n-th has the n-th style.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The methods that delegate, and are not shown.</summary>
    public int LeftOut { get; }

    /// <summary>A method's cases, by the size of the payload.</summary>
    public IReadOnlyList<CaseRow> Of(string method) => [.. _byMethod[method].OrderBy(row => row.PayloadBytes)];

    /// <summary>How a method looks.</summary>
    public MethodStyle StyleOf(string method) => PictureStyle.Of(Methods.Index().First(one => one.Item == method).Index);
}
