using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>What a remedy is worth at one payload size, over the launches that measured both of its cases. Times in ns, a call.</summary>
internal sealed class RemedyRow
{
    private RemedyRow(Remedy remedy, string payload, CaseRow? without, CaseRow? with)
    {
        Remedy = remedy;
        Payload = payload;
        Without = ACall(without, remedy.Without, calls: 1);
        With = ACall(with, remedy.With, remedy.Calls);
        MovedWithout = Moved(without, calls: 1);
        MovedWith = Moved(with, remedy.Calls);
        Ratio = RatioOf(remedy, without, with);
        Effect = Ratio.Judged() is not var (low, high) ? Effect.NotKnown
            : high < 1 ? Effect.Saves
            : low > 1 ? Effect.Costs
            : Effect.NotKnown;
    }

    public Remedy Remedy { get; }

    /// <summary>The payload's label.</summary>
    public string Payload { get; }

    /// <summary>The p50 without it.</summary>
    public Figure Without { get; }

    /// <summary>The p50 with it.</summary>
    public Figure With { get; }

    /// <summary>The p50 with it ÷ the p50 without it, within each launch.</summary>
    public Figure Ratio { get; }

    /// <summary>Bytes of encoded request and response without it.</summary>
    public Figure MovedWithout { get; }

    /// <summary>Bytes of encoded request and response with it.</summary>
    public Figure MovedWith { get; }

    public Effect Effect { get; }

    /// <summary>What follows from the figures, to stand beside them.</summary>
    public string Advice => Effect switch
    {
        Effect.Saves => $"saves {Percent(1 - Ratio.Value!.Value)}{(Remedy.Caches ? $", pays from a hit rate of {Percent(Ratio.Value.Value)}, a miss taken to cost a hit more" : "")}{Caveat}",
        Effect.Costs => $"costs {Percent(Ratio.Value!.Value - 1)} more{(Remedy.Caches ? ", whatever the hit rate" : "")}{Caveat}",
        _ => "not known: " + (Ratio.Withheld ?? Straddles()),
    };

    /// <summary>The same as a line of its own, with the figures.</summary>
    public string Sentence => Effect == Effect.NotKnown
        ? $"{Remedy.Name}, {Payload}: {Advice}"
        : $"{Remedy.Name}, {Payload}: {Format.Duration(Without.Value!.Value)} → {Format.Duration(With.Value!.Value)}{(Remedy.Calls > 1 ? " a call" : "")}, {Bytes()}: {Advice}";

    /// <summary>The time with it against that without it, in a word.</summary>
    public string Change => Effect == Effect.NotKnown ? "not known" : string.Create(CultureInfo.InvariantCulture, $"{(Ratio.Value!.Value - 1) * 100:+0;-0;0} %");

    private string Caveat => Remedy.Compresses && Payload != PayloadFileReport.Label ? ", for a text of one repeated letter, which compresses as no real one does: --payload-file FILE.json measures yours" : "";

    /// <summary>
    /// Every remedy at each payload size of a report: where both of its cases were selected, and where one of them was that is
    /// measured for nothing else. None where the run selected no remedy.
    /// </summary>
    /// <param name="report">Says which methods are remedies.</param>
    /// <param name="rows">Its rows.</param>
    public static IReadOnlyList<RemedyRow> All(RunReport report, IReadOnlyList<CaseRow> rows)
    {
        var byCase = rows.ToDictionary(row => row.Id);
        HashSet<string> tagged = report.Tagged(BindingTags.Remedy);
        string[] payloads = [.. rows.OrderBy(row => row.PayloadBytes).Select(row => row.Id.Payload).Distinct()];
        return
        [
            .. from remedy in Remedy.All
               from payload in payloads
               let without = byCase.GetValueOrDefault(new CaseId(remedy.Without, remedy.Function, payload))
               let with = byCase.GetValueOrDefault(new CaseId(remedy.With, remedy.Function, payload))
               where (without is not null && with is not null) || new[] { without, with }.Any(row => row is not null && tagged.Contains(row.Id.Method))
               select new RemedyRow(remedy, payload, without, with),
        ];
    }

    private static Figure ACall(CaseRow? row, string method, int calls) =>
        row is null ? Figure.Unknown($"{method} was not measured")
        : row.P50.Value is null || calls == 1 ? row.P50
        : Figure.Of(row.P50ByLaunch.Values.Select(ns => ns / calls));

    private static Figure Moved(CaseRow? row, int calls) =>
        row is null ? Figure.Unknown("was not measured")
        : calls == 1 || row.Moved.Value is null ? row.Moved
        : Figure.Of(row.Passes.Select(pass => pass.MovedBytes!.Value / calls));

    private static Figure RatioOf(Remedy remedy, CaseRow? without, CaseRow? with)
    {
        if ((Unusable(without, remedy.Without) ?? Unusable(with, remedy.With)) is { } why)
        {
            return Figure.Unknown(why);
        }

        // Within a launch both were measured by one process: what differs from launch to launch cancels.
        double[] ratios =
        [
            .. from launch in without!.P50ByLaunch
               where with!.P50ByLaunch.ContainsKey(launch.Key)
               select with!.P50ByLaunch[launch.Key] / remedy.Calls / launch.Value,
        ];
        return ratios.Length == 0 ? Figure.Unknown("no launch measured both") : Figure.Of(ratios);
    }

    private static string? Unusable(CaseRow? row, string method) =>
        row is null ? $"{method} was not measured"
        : row.Failed ? $"{method} {row.Notes[0]}"
        : !row.Warmth.IsWarm ? $"{method} is {row.Warmth.Why}"
        : row.P50.Withheld is { } withheld ? $"p50 of {method} {withheld}"
        : null;

    private string Straddles()
    {
        (double low, double high) = Ratio.Judged()!.Value;
        return $"× {Format.Significant(low)} – {Format.Significant(high)} lies on both sides of 1";
    }

    private string Bytes() => MovedWithout.Value is { } without && MovedWith.Value is { } with
        ? $"{Format.Bytes(without)} → {Format.Bytes(with)}"
        : "bytes not known";

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");
}

/// <summary>Whether a remedy helps.</summary>
internal enum Effect
{
    /// <summary>The interval of the ratio lies on both sides of 1, or a figure is missing.</summary>
    NotKnown,

    /// <summary>It lies below 1.</summary>
    Saves,

    /// <summary>It lies above 1.</summary>
    Costs,
}
