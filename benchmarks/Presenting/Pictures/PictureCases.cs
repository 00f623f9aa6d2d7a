using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>
/// The cases that the pictures show. All are of the function "echo". The methods are "direct", the core methods and the fastest others,
/// at most eight in total. Failed cases, cold cases and cases without a p50 are left out.
/// </summary>
internal sealed class PictureCases
{
    private readonly ILookup<string, CaseSummary> _byMethod;

    public PictureCases(RunAnalysis analysis)
    {
        HashSet<string> core = analysis.Report.Tagged(MethodTags.Core);
        HashSet<CaseId> delegating = [.. analysis.Delegating.Select(one => one.Id)];
        _byMethod = analysis.Cases
            .Where(one => IsUsable(one) && (one.Id.Method == BaselineMethod.Id || delegating.Contains(one.Id)))
            .ToLookup(one => one.Id.Method);
        int most = _byMethod.Max(method => (int?)method.Count()) ?? 0;
        string[] chosen =
        [
            .. from method in _byMethod
               // Other methods need every payload size, because means over different payloads cannot be compared.
               where core.Contains(method.Key) || method.Count() == most
               let meanLog = method.Average(one => Math.Log(one.P50.Value!.Value))
               orderby method.Key != BaselineMethod.Id, !core.Contains(method.Key), meanLog
               select method.Key,
        ];
        HashSet<string> shown = [.. chosen.Take(PictureStyle.Styles)];
        Methods = [.. _byMethod.Select(method => method.Key).Where(shown.Contains)];
        LeftOut = analysis.Delegating
            .Where(one => one.Id.Function == EchoFunction.EchoId)
            .Select(one => one.Id.Method)
            .Distinct()
            .Count(method => !shown.Contains(method));
    }

    /// <summary>The ids of the shown methods, in report order. The n-th method has the n-th style.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The number of delegating methods that the pictures leave out.</summary>
    public int LeftOut { get; }

    /// <summary>The shown cases of a method, the smallest payload first.</summary>
    public IReadOnlyList<CaseSummary> Of(string method) => [.. _byMethod[method].OrderBy(one => one.PayloadBytes)];

    /// <summary>The shown cases of all methods.</summary>
    public IEnumerable<CaseSummary> All => Methods.SelectMany(Of);

    public MethodStyle StyleOf(string method) => PictureStyle.Of(Methods.Index().First(one => one.Item == method).Index);

    private static bool IsUsable(CaseSummary one) =>
        one.Id.Function == EchoFunction.EchoId && !one.Failed && one.Warmth.IsWarm && one.P50.Value > 0;
}
