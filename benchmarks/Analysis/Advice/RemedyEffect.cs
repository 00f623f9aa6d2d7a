using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Advice;

/// <summary>Whether a remedy helps.</summary>
internal enum Effect
{
    /// <summary>Unknown: the launches do not show that the ratio differs from 1, or a figure is missing.</summary>
    NotKnown,

    /// <summary>The remedy is shown to save time: the ratio is below 1.</summary>
    Saves,

    /// <summary>The remedy is shown to cost time: the ratio is above 1.</summary>
    Costs,
}

/// <summary>
/// The effect of a remedy at one payload size, over the launches that measured the case with and without the remedy. Times are in ns per
/// call. All effects of a report that claim to save or to cost share one error rate: see <see cref="PairedFamily"/>.
/// </summary>
internal sealed record RemedyEffect
{
    private const string Digits = "0.#";

    private readonly string? _unusable;
    private readonly PairedRatio? _ratio;
    private readonly double _floorNs;
    private readonly PayloadKind _payloadKind;

    private RemedyEffect(RemedyAdvice remedy, string payload, CaseSummary? without, CaseSummary? with, PayloadKind payloadKind)
    {
        Remedy = remedy;
        Payload = payload;
        _payloadKind = payloadKind;
        Without = P50PerCall(without, remedy.Without, calls: 1);
        With = P50PerCall(with, remedy.With, remedy.Calls);
        MovedWithout = MovedPerCall(without, calls: 1);
        MovedWith = MovedPerCall(with, remedy.Calls);
        _floorNs = Math.Max(without?.FloorNs ?? 0, with?.FloorNs ?? 0);
        _unusable = Unusable(without, remedy.Without) ?? Unusable(with, remedy.With);
        _ratio = _unusable is null ? PairedRatio.Of(with!.P50ByLaunch, without!.P50ByLaunch, 1.0 / remedy.Calls) : null;
    }

    public RemedyAdvice Remedy { get; }

    /// <summary>The payload's label.</summary>
    public string Payload { get; }

    /// <summary>The p50 of the calls without the remedy, in ns.</summary>
    public Figure Without { get; }

    /// <summary>The p50 of the calls with the remedy, in ns.</summary>
    public Figure With { get; }

    /// <summary>
    /// The p50 with the remedy ÷ the p50 without the remedy: the geometric mean of the launches' ratios, and its 95 % interval.
    /// </summary>
    public Figure Ratio => _unusable is { } why ? Figure.Unknown(why) : (Judged?.Ratio ?? _ratio!).Ratio;

    /// <summary>Bytes of the encoded request and response of a call without the remedy.</summary>
    public Figure MovedWithout { get; }

    /// <summary>Bytes of the encoded request and response of a call with the remedy.</summary>
    public Figure MovedWith { get; }

    public Effect Effect => Judged is not { IsShown: true } || IsBelowClock ? Effect.NotKnown
        : Judged.Ratio.MeanLog < 0 ? Effect.Saves
        : Effect.Costs;

    /// <summary>The remedy's name and the condition under which it was measured.</summary>
    public string Name
    {
        get
        {
            string?[] conditions = [Remedy.Condition, Remedy.Compresses ? PayloadCondition : null];
            string condition = string.Join(", ", conditions.OfType<string>());
            return condition.Length == 0 ? Remedy.Name : $"{Remedy.Name} ({condition})";
        }
    }

    /// <summary>Only the advice, such as <c>saves 40 %</c>. A table shows it beside the figures.</summary>
    public string Advice => Effect switch
    {
        Effect.Saves => $"saves {Format.Percent(1 - Ratio.Value!.Value, Digits)}{HitRate(Ratio.Value.Value)}{Caveat}",
        Effect.Costs => $"costs {Format.Percent(Ratio.Value!.Value - 1, Digits)} more"
            + $"{(Remedy.Caches ? ", whatever the hit rate" : "")}{Caveat}",
        _ => "not known: " + (Ratio.Withheld ?? WhyNotShown()),
    };

    /// <summary>One sentence with the remedy, the payload, the advice and the figures.</summary>
    public string Sentence => Effect == Effect.NotKnown
        ? $"{Name}, {Payload}: {Advice}"
        : $"{Name}, {Payload}: {Format.Duration(Without.Value!.Value)} → {Format.Duration(With.Value!.Value)}"
            + $"{(Remedy.Calls > 1 ? " a call" : "")}, {Bytes()}, × {FigureFormat.Ratio(Ratio)}: {Advice}";

    /// <summary>The change of the p50 by the remedy, in percent: <c>-40 %</c>.</summary>
    public string Change => Effect == Effect.NotKnown
        ? "not known"
        : string.Create(CultureInfo.InvariantCulture, $"{(Ratio.Value!.Value - 1) * 100:+0;-0;0} %");

    // The judgement of the ratio among those of all remedies. Null if the ratio is unknown.
    private AdjustedRatio? Judged { get; init; }

    // The number of ratios that were judged together.
    private int Comparisons { get; init; }

    // Both p50s are rounded to a step of the clock, so all launches can agree on a difference that is only this step.
    private bool IsBelowClock => Math.Abs(With.Value!.Value - Without.Value!.Value) < _floorNs;

    private string? PayloadCondition => PayloadFileReport.IsLabel(Payload) ? null : $"payload kind {_payloadKind.Name()}";

    private string Caveat => Remedy.Compresses && !PayloadFileReport.IsLabel(Payload) && _payloadKind == PayloadKind.Letters
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
        RemedyEffect[] effects =
        [
            .. from remedy in RemedyAdvice.All
               from payload in payloads
               let without = byId.GetValueOrDefault(new CaseId(remedy.Without, remedy.Function, payload))
               let with = byId.GetValueOrDefault(new CaseId(remedy.With, remedy.Function, payload))
               where (without is not null && with is not null)
                   || new[] { without, with }.Any(one => one is not null && tagged.Contains(one.Id.Method))
               select new RemedyEffect(remedy, payload, without, with, report.Run.PayloadKind),
        ];
        RemedyEffect[] known = [.. effects.Where(effect => effect._ratio is { Launches: >= PairedRatio.MinLaunches })];
        var judged = known.Zip(PairedFamily.Judge([.. known.Select(effect => effect._ratio!)])).ToDictionary();
        return
        [
            .. effects.Select(effect => judged.TryGetValue(effect, out AdjustedRatio? ratio)
                ? effect with { Judged = ratio, Comparisons = known.Length }
                : effect),
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

    private string WhyNotShown()
    {
        string interval = $"× {Format.Significant(Ratio.Low!.Value)} – {Format.Significant(Ratio.High!.Value)}";
        return Ratio.Low < 1 && Ratio.High > 1 ? $"{interval} lies on both sides of 1"
            : IsBelowClock ? $"the p50s differ by less than {Format.Duration(_floorNs)}, the clock's floor"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{interval} by itself, but {Comparisons} comparisons share the 5 % of error (p {Judged!.PValue:0.000} after Holm)");
    }

    private string Bytes() => MovedWithout.Value is { } without && MovedWith.Value is { } with
        ? $"{Format.Bytes(without)} → {Format.Bytes(with)}"
        : "bytes not known";
}
