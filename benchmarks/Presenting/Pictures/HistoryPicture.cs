using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>Draws the p50s of a series of reports: the cases that changed, then the cases that vary most.</summary>
internal static class HistoryPicture
{
    private const string Title = "p50 of each case over the reports";
    private const int MaxLabels = 12;
    private const int CommitDigits = 8;

    // The axis covers at least ±10 %, because on a finer scale noise alone would look like a change.
    private const double LeastPercent = 10;

    /// <summary>Draws the history, or returns null if no case has two figures.</summary>
    /// <param name="series">The series of reports.</param>
    /// <param name="name">The name of the picture's files, without the extension.</param>
    public static Picture? Of(HistorySeries series, string name)
    {
        CaseHistory[] all = [.. series.Cases.Where(one => one.Figure.Metric == Metric.P50 && one.Known > 1)];
        CaseHistory[] shown =
        [
            .. all.OrderByDescending(one => one.NewSlowdown is not null)
                .ThenByDescending(one => one.Last is { } last ? Math.Abs(last.Change) : 0)
                .ThenByDescending(one => Math.Log(one.Values.Max()!.Value / one.Values.Min()!.Value))
                .Take(PictureStyle.Styles),
        ];
        if (shown.Length == 0)
        {
            return null;
        }

        Plot plot = PictureStyle.Plot(Title);
        plot.Add.HorizontalLine(0, 1.5f, Colors.Black);
        foreach ((int index, CaseHistory one) in shown.Index())
        {
            Add(plot, one, PictureStyle.Of(index));
            plot.Legend.ManualItems.Add(PictureStyle.Item(PictureStyle.Name(one.Figure.Case), PictureStyle.Of(index)));
        }

        double[] ends = [.. shown.SelectMany(one => one.Values).Zip(shown.SelectMany(Firsts), Percent).OfType<double>()];
        double widest = Math.Max(LeastPercent, ends.Max() - ends.Min()) * 0.08;
        plot.Axes.SetLimits(
            -0.5, series.Reports.Count - 0.5, Math.Min(-LeastPercent, ends.Min()) - widest, Math.Max(LeastPercent, ends.Max()) + widest);
        plot.Axes.Bottom.TickGenerator = Labels(series);
        plot.YLabel("change in % from the oldest report");
        plot.XLabel("commit; a vertical line is where a change began" + (all.Length > shown.Length
            ? FormattableString.Invariant($"\n{all.Length - shown.Length} cases more in the table")
            : ""));
        plot.ShowLegend(Edge.Right);
        return new Picture(name, Title, Alternative(series, all), plot);
    }

    private static IEnumerable<double?> Firsts(CaseHistory one) => one.Values.Select(_ => one.Values.First(value => value is not null));

    private static double? Percent(double? value, double? first) => 100 * ((value / first) - 1);

    private static void Add(Plot plot, CaseHistory one, MethodStyle style)
    {
        (int Index, double Percent)[] points =
        [
            .. from point in one.Values.Zip(Firsts(one), Percent).Index()
               where point.Item is not null
               select (point.Index, point.Item!.Value),
        ];
        Scatter line = plot.Add.Scatter(
            points.Select(point => (double)point.Index).ToArray(), points.Select(point => point.Percent).ToArray(), style.Colour);
        line.LineWidth = PictureStyle.LineWidth;
        line.MarkerShape = style.Marker;
        line.MarkerSize = PictureStyle.MarkerSize;
        foreach (LevelChange change in one.Changes)
        {
            plot.Add.VerticalLine(change.Began - 0.5, 1.5f, style.Colour.WithAlpha(0.7));
        }
    }

    // Labels at most 12 reports, so that the labels do not overlap.
    private static NumericManual Labels(HistorySeries series)
    {
        int step = (series.Reports.Count + MaxLabels - 1) / MaxLabels;
        var ticks = new NumericManual();
        foreach ((int index, HistoryReport report) in series.Reports.Index())
        {
            if ((series.Reports.Count - 1 - index) % step == 0)
            {
                ticks.AddMajor(index, report.Commit is { } commit ? Printable.Of(RunText.Commit(commit, CommitDigits)) : "unknown");
            }
            else
            {
                ticks.AddMinor(index);
            }
        }

        return ticks;
    }

    private static string Alternative(HistorySeries series, CaseHistory[] all)
    {
        string[] changes =
        [
            .. from one in all
               where one.Last is not null
               let since = series.Reports[one.Last!.Began]
               select $"{PictureStyle.Name(one.Figure.Case)} {one.Figure.Metric.WriteChange(one.Last!.Change)}, {one.Answer}, since "
                   + RunText.Name(since.Commit, since.IsDirty, since.StartedAt),
        ];
        return FormattableString.Invariant($"the p50 of each case over {series.Reports.Count} reports: ")
            + (changes.Length > 0 ? string.Join("; ", changes) : "no change found") + ".";
    }
}
