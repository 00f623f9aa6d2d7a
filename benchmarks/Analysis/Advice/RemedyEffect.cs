using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Advice;

/// <summary>Whether a remedy helps.</summary>
internal enum Effect
{
    /// <summary>Unknown: the interval of the ratio includes 1, or a figure is missing.</summary>
    NotKnown,

    /// <summary>The remedy saves time: the whole interval of the ratio is below 1.</summary>
    Saves,

    /// <summary>The remedy costs time: the whole interval of the ratio is above 1.</summary>
    Costs,
}

/// <summary>
/// The effect of a remedy at one payload size, over the launches that measured the case with and without the remedy. Times are in ns per
/// call.
/// </summary>
internal sealed class RemedyEffect
{
    private const string Digits = "0.#";

    private RemedyEffect(RemedyAdvice remedy, string payload, CaseSummary? without, CaseSummary? with)
    {
        Remedy = remedy;
        Payload = payload;
        Without = P50PerCall(without, remedy.Without, calls: 1);
        With = P50PerCall(with, remedy.With, remedy.Calls);
        MovedWithout = MovedPerCall(without, calls: 1);
        MovedWith = MovedPerCall(with, remedy.Calls);
        Ratio = RatioOf(remedy, without, with);
        Effect = Ratio.Judged() is not var (low, high) ? Effect.NotKnown
            : high < 1 ? Effect.Saves
            : low > 1 ? Effect.Costs
            : Effect.NotKnown;
    }

    public RemedyAdvice Remedy { get; }

    /// <summary>The payload's label.</summary>
    public string Payload { get; }

    /// <summary>The p50 of the calls without the remedy, in ns.</summary>
    public Figure Without { get; }

    /// <summary>The p50 of the calls with the remedy, in ns.</summary>
    public Figure With { get; }

    /// <summary>The p50 with the remedy ÷ the p50 without the remedy. The ratio is computed within each launch.</summary>
    public Figure Ratio { get; }

    /// <summary>Bytes of the encoded request and response of a call without the remedy.</summary>
    public Figure MovedWithout { get; }

    /// <summary>Bytes of the encoded request and response of a call with the remedy.</summary>
    public Figure MovedWith { get; }

    public Effect Effect { get; }

    /// <summary>Only the advice, such as <c>saves 40 %</c>. A table shows it beside the figures.</summary>
    public string Advice => Effect switch
    {
        Effect.Saves => $"saves {Format.Percent(1 - Ratio.Value!.Value, Digits)}{HitRate(Ratio.Value.Value)}{Caveat}",
        Effect.Costs => $"costs {Format.Percent(Ratio.Value!.Value - 1, Digits)} more"
            + $"{(Remedy.Caches ? ", whatever the hit rate" : "")}{Caveat}",
        _ => "not known: " + (Ratio.Withheld ?? Straddles()),
    };

    /// <summary>One sentence with the remedy, the payload, the advice and the figures.</summary>
    public string Sentence => Effect == Effect.NotKnown
        ? $"{Remedy.Name}, {Payload}: {Advice}"
        : $"{Remedy.Name}, {Payload}: {Format.Duration(Without.Value!.Value)} → {Format.Duration(With.Value!.Value)}"
            + $"{(Remedy.Calls > 1 ? " a call" : "")}, {Bytes()}: {Advice}";

    /// <summary>The change of the p50 by the remedy, in percent: <c>-40 %</c>.</summary>
    public string Change => Effect == Effect.NotKnown
        ? "not known"
        : string.Create(CultureInfo.InvariantCulture, $"{(Ratio.Value!.Value - 1) * 100:+0;-0;0} %");

    private string Caveat => Remedy.Compresses && Payload != PayloadFileReport.Label
        ? ", for a text of one repeated letter, which compresses as no real one does: --payload-file FILE.json measures yours"
        : "";

    /// <summary>
    /// The effect of each selected remedy at each payload size, in the order of <see cref="RemedyAdvice.All"/>. A remedy is selected if
    /// the report has both of its cases, or one case of a method that is tagged as a remedy.
    /// </summary>
    /// <param name="report">The report of the run.</param>
    /// <param name="cases">The cases of the run.</param>
    public static IReadOnlyList<RemedyEffect> All(RunReport report, IReadOnlyList<CaseSummary> cases)
    {
        var byId = cases.ToDictionary(one => one.Id);
        HashSet<string> tagged = report.Tagged(MethodTags.Remedy);
        string[] payloads = [.. cases.OrderBy(one => one.PayloadBytes).Select(one => one.Id.Payload).Distinct()];
        return
        [
            .. from remedy in RemedyAdvice.All
               from payload in payloads
               let without = byId.GetValueOrDefault(new CaseId(remedy.Without, remedy.Function, payload))
               let with = byId.GetValueOrDefault(new CaseId(remedy.With, remedy.Function, payload))
               where (without is not null && with is not null)
                   || new[] { without, with }.Any(one => one is not null && tagged.Contains(one.Id.Method))
               select new RemedyEffect(remedy, payload, without, with),
        ];
    }

    private static Figure P50PerCall(CaseSummary? summary, string method, int calls) =>
        summary is null ? Figure.Unknown($"{method} was not measured")
        : summary.P50.Value is null || calls == 1 ? summary.P50
        : Figure.Of(summary.P50ByLaunch.Values.Select(ns => ns / calls));

    private static Figure MovedPerCall(CaseSummary? summary, int calls) =>
        summary is null ? Figure.Unknown("was not measured")
        : calls == 1 || summary.Moved.Value is null ? summary.Moved
        : Figure.Of(summary.Passes.Select(pass => pass.MovedBytes!.Value / calls));

    private static Figure RatioOf(RemedyAdvice remedy, CaseSummary? without, CaseSummary? with)
    {
        if ((Unusable(without, remedy.Without) ?? Unusable(with, remedy.With)) is { } why)
        {
            return Figure.Unknown(why);
        }

        // Divide two p50s of the same launch: one process measured both, so differences between launches cancel.
        double[] ratios =
        [
            .. from launch in without!.P50ByLaunch
               where with!.P50ByLaunch.ContainsKey(launch.Key)
               select with!.P50ByLaunch[launch.Key] / remedy.Calls / launch.Value,
        ];
        return ratios.Length == 0 ? Figure.Unknown("no launch measured both") : Figure.Of(ratios);
    }

    private static string? Unusable(CaseSummary? summary, string method) =>
        summary is null ? $"{method} was not measured"
        : summary.Failed ? $"{method} {summary.Notes[0]}"
        : !summary.Warmth.IsWarm ? $"{method} is {summary.Warmth.Why}"
        : summary.P50.Withheld is { } withheld ? $"p50 of {method} {withheld}"
        : null;

    // Returns the hit rate above which a cache pays. A hit takes `ratio` times the time of an uncached call. A miss is assumed to take the
    // time of an uncached call plus that of a hit. The mean time is then below that of an uncached call if the hit rate is above `ratio`.
    private string HitRate(double ratio) =>
        Remedy.Caches ? $", pays from a hit rate of {Format.Percent(ratio, Digits)}, a miss taken to cost a hit more" : "";

    private string Straddles()
    {
        (double low, double high) = Ratio.Judged()!.Value;
        return $"× {Format.Significant(low)} – {Format.Significant(high)} lies on both sides of 1";
    }

    private string Bytes() => MovedWithout.Value is { } without && MovedWith.Value is { } with
        ? $"{Format.Bytes(without)} → {Format.Bytes(with)}"
        : "bytes not known";
}
