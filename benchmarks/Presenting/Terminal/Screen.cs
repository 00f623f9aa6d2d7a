using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Terminal;

/// <summary>A line on the screen that starts with a label.</summary>
/// <param name="Label">The kind of line. Empty if the previous line has the same label.</param>
/// <param name="Text">The text after the label.</param>
internal sealed record ScreenLine(string Label, string Text);

/// <summary>The result of a run, as shown on one screen by <see cref="ScreenWriter"/>.</summary>
/// <param name="Viability">The run's verdict, or null if no case decides the verdict.</param>
/// <param name="Verdict">The verdict in a sentence.</param>
/// <param name="Tables">The tables, shortened to the rows that fit on the screen.</param>
/// <param name="Lines">The lines about the basis of the figures, the warnings, the costs and the remedies.</param>
/// <param name="Recommendation">The lines of the recommendation.</param>
/// <param name="Next">The command that the screen suggests to type next.</param>
internal sealed record Screen(
    Viability? Viability,
    string Verdict,
    IReadOnlyList<ScreenTable> Tables,
    IReadOnlyList<ScreenLine> Lines,
    IReadOnlyList<string> Recommendation,
    string Next)
{
    // The largest number of warnings on the screen. The file overhead.md has all warnings.
    private const int MaxWarnings = 3;
    private const int MaxLines = 2;

    /// <summary>Creates the screen of a run.</summary>
    /// <param name="analysis">The analysis of the run.</param>
    /// <param name="next">The command that the screen suggests to type next.</param>
    public static Screen Of(RunAnalysis analysis, string next) => new(
        analysis.Verdict.Run,
        VerdictSentence.Of(analysis.Verdict),
        ScreenTable.Of(analysis),
        [
            .. Labelled("basis", ReportBasis.ShortLines(analysis)),
            .. Labelled("warm", Drifts(analysis)),
            .. Capped("stall", MaxLines, Stalls(analysis)),
            .. Capped("warning", MaxWarnings, analysis.Warnings),
            .. Capped("cost", MaxLines, Costs(analysis)),
            .. Capped("remedy", MaxLines, Remedies(analysis)),
        ],
        RecommendationText.ShortLines(analysis, MaxLines),
        next);

    private static IEnumerable<string> Drifts(RunAnalysis analysis)
    {
        IReadOnlyList<(string Method, double Ratio)> methods = analysis.Drift.Methods;
        if (methods.Count == 0)
        {
            return [];
        }

        string range = string.Join(" to ", new[] { methods[0], methods[^1] }.Distinct().Select(drift =>
            string.Create(CultureInfo.InvariantCulture, $"{drift.Ratio:0.000} ({drift.Method})")));
        return
        [
            $"{range}: p50 of the last third of the calls ÷ of the first",
            analysis.Drift.Drifted ?? FormattableString.Invariant($"p50 changed by more than {PassDrift.Limit * 100:0} % within no pass"),
        ];
    }

    private static IEnumerable<string> Stalls(RunAnalysis analysis) =>
        from one in analysis.Cases
        where one is { Tail.IsStall: true, Id.IsReference: false }
        orderby one.Tail!.Share descending
        select $"{one.Id}: {one.Tail!.Words}";

    private static IEnumerable<string> Costs(RunAnalysis analysis) =>
        from model in analysis.CostModels
        where model.Function == EchoFunction.EchoId && model.Fixed.Value is not null
        let line = $"{Format.Duration(model.Fixed.Value!.Value)} + {Format.Duration(model.PerKb.Value!.Value)} a KB"
        select $"{model.Method} {line} (p50 of {model.Function})";

    private static IEnumerable<string> Remedies(RunAnalysis analysis) =>
        from effect in analysis.Remedies
        group effect by effect.Name into effects
        select $"{effects.Key}: {string.Join(", ", effects.Select(effect => $"{effect.Payload} {effect.Change}"))}";

    private static IEnumerable<ScreenLine> Labelled(string label, IEnumerable<string> texts) =>
        texts.Select((text, index) => new ScreenLine(index == 0 ? label : "", text));

    private static IEnumerable<ScreenLine> Capped(string label, int most, IEnumerable<string> texts)
    {
        string[] all = [.. texts];
        ScreenLine[] shown = [.. all.Take(most).Select(text => new ScreenLine(label, text))];
        return all.Length > most
            ? shown.Append(new ScreenLine("", FormattableString.Invariant($"and {all.Length - most} more in overhead.md")))
            : shown;
    }
}
