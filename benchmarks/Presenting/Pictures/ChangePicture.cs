using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis.Comparing;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>Draws the result of a comparison: the change of each case's p50, with a confidence interval.</summary>
internal static class ChangePicture
{
    private const string Title = "Change of each case's p50, with its 95 % interval";
    private const int MaxCases = 24;

    // The length of the longest built-in case's name.
    private const int MaxCaseName = 44;

    // The axis covers at least ±10 %, because on a finer scale noise alone would look like a change.
    private const double LeastPercent = 10;

    // The n-th judgement has the n-th style.
    private static readonly Judgement[] s_judgements =
    [
        Judgement.Same, Judgement.Slower, Judgement.Faster, Judgement.TooNoisy, Judgement.NotJudged, Judgement.SomeSlower,
        Judgement.SomeFaster, Judgement.PerhapsSomeSlower,
    ];

    /// <summary>
    /// Draws the changes, or returns null if no p50 was compared. The files get <paramref name="name"/>, plus an extension.
    /// </summary>
    public static Picture? Of(Comparison comparison, string name)
    {
        Answer[] answers = [.. comparison.Answers.Where(IsShown)];
        Answer[] shown =
        [
            .. answers.OrderByDescending(answer => answer.IsFlag).ThenByDescending(answer => answer.IsUndecided).Take(MaxCases),
        ];
        if (shown.Length == 0)
        {
            return null;
        }

        Plot plot = PictureStyle.Plot(Title);
        plot.Add.VerticalLine(0, 1.5f, Colors.Black);
        foreach ((int index, Answer answer) in shown.Index())
        {
            Add(plot, answer, -index);
        }

        double widest = shown.SelectMany(Ends).Append(LeastPercent).Max(Math.Abs) * 1.08;
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. shown.Select((_, index) => (double)-index)], [.. shown.Select(answer => PictureStyle.Shortened(answer.Name, MaxCaseName))]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        string more = answers.Length > shown.Length
            ? FormattableString.Invariant($"\n{answers.Length - shown.Length} cases more in the table")
            : "";
        plot.XLabel("change in %; right of 0 it takes longer than the base" + more);
        plot.Axes.SetLimits(-widest, widest, 0.4 - shown.Length, 0.6);
        plot.Legend.ManualItems.AddRange(
            shown.DistinctBy(answer => answer.Judgement).Select(answer => PictureStyle.Item(answer.Words, StyleOf(answer))));
        plot.ShowLegend(Edge.Right);
        return new Picture(name, Title, Alternative(comparison, answers), plot);
    }

    private static bool IsShown(Answer answer) => answer is { Case: not null, Change: not null } && answer.Metric == Metric.P50;

    private static double Percent(Answer answer, double change) => answer.Metric.PercentOf(change);

    private static IEnumerable<double> Ends(Answer answer) =>
        [Percent(answer, answer.Low ?? answer.Change!.Value), Percent(answer, answer.High ?? answer.Change!.Value)];

    private static MethodStyle StyleOf(Answer answer) => PictureStyle.Of(Array.IndexOf(s_judgements, answer.Judgement));

    private static void Add(Plot plot, Answer answer, double y)
    {
        MethodStyle style = StyleOf(answer);
        if (answer is { Low: { } low, High: { } high })
        {
            LinePlot interval = plot.Add.Line(Percent(answer, low), y, Percent(answer, high), y);
            interval.LineColor = style.Colour.WithAlpha(0.55);
            interval.LineWidth = 5;
        }

        double change = Percent(answer, answer.Change!.Value);
        Marker point = plot.Add.Marker(change, y, style.Marker, PictureStyle.MarkerSize, style.Colour);
        point.MarkerLineWidth = 2;
    }

    private static string Alternative(Comparison comparison, Answer[] answers)
    {
        Answer[] changed = [.. answers.Where(answer => answer.IsFlag)];
        IEnumerable<string> named = (changed.Length > 0 ? changed : answers).Take(MaxCases).Select(answer =>
            $"{PictureStyle.Name(answer.Name)} {answer.Metric.WriteChange(answer.Change!.Value)}, {answer.Words}");
        string others = changed.Length > 0 && changed.Length < answers.Length
            ? FormattableString.Invariant($"; {answers.Length - changed.Length} others without a change that is told from noise")
            : "";
        string sides = $"{PictureStyle.Name(comparison.Current)} against {PictureStyle.Name(comparison.Base)}";
        return $"the change of each case's p50, {sides}: {string.Join("; ", named)}{others}.";
    }
}
