using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Columns;

/// <summary>The columns of a comparison, for Markdown, CSV and JSON.</summary>
internal static class ComparisonColumns
{
    public static IReadOnlyList<Column<Answer>> All { get; } =
    [
        Column<Answer>.Text("case", "case", answer => answer.Name),
        Column<Answer>.Text("figure", "figure", answer => answer.Metric.Name),
        Column<Answer>.Text(null, "unit", answer => answer.Metric.Unit),
        FigureOf("base", answer => answer.Base),
        FigureOf("current", answer => answer.Current),
        new("change [95 %]", true, Change,
        [
            // If the compared figure is itself a share, the change is in percentage points.
            Field<Answer>.Of("change_percent", answer => Percent(answer, answer.Change)),
            Field<Answer>.Of("low_percent", answer => Percent(answer, answer.Low)),
            Field<Answer>.Of("high_percent", answer => Percent(answer, answer.High)),
        ]),
        Column<Answer>.Text("answer", "answer", answer => answer.Words),
        Column<Answer>.Hidden("visible_percent", answer => Percent(answer, answer.Visible)),
        Column<Answer>.Hidden("pairs_needed", answer => (long?)answer.PairsNeeded),
        Column<Answer>.Note("note", "note", answer => answer.Note),
    ];

    private static Column<Answer> FigureOf(string name, Func<Answer, Ranged> figure) => new(
        name,
        true,
        answer => answer.Metric.WriteRanged(figure(answer)),
        [
            Field<Answer>.Of(name, answer => InUnit(answer, figure(answer).Value)),
            // The least and the greatest pair or launch.
            Field<Answer>.Of(name + "_low", answer => InUnit(answer, figure(answer).Low)),
            Field<Answer>.Of(name + "_high", answer => InUnit(answer, figure(answer).High)),
        ]);

    private static string Change(Answer answer)
    {
        if (answer.Change is not { } change)
        {
            return "";
        }

        string written = answer.Metric.WriteChange(change);
        return answer is { Low: { } low, High: { } high } ? $"{written} [{WithoutUnit(low)} – {WithoutUnit(high)}]" : written;

        string WithoutUnit(double end) => answer.Metric.WriteChange(end).Split(' ')[0];
    }

    private static double? InUnit(Answer answer, double? figure) => figure is { } known ? answer.Metric.InUnit(known) : null;

    private static double? Percent(Answer answer, double? change) => change is { } known ? answer.Metric.PercentOf(known) : null;
}
