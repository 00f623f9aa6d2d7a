using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>
/// Draws the overhead compared with the method "direct". Each method and payload has a bar from p50 to p99. Whiskers show the launches'
/// range of the p50 (below the bar) and of the p99 (above the bar). Two vertical lines show the limits on p50 and p99.
/// </summary>
internal static class OverheadPicture
{
    private const string Title = "What delegating echo adds to a call, p50 to p99";
    private const float BarWidth = 7;
    private const double Group = 0.72;

    // The distance of a whisker from the middle of its bar, in rows of the picture. Half a bar's width is about 0.03 rows.
    private const double WhiskerOffset = 0.055;
    private const float CapSize = 6;

    /// <summary>Draws the picture, or returns null if no case can be drawn.</summary>
    public static Picture? Of(RunAnalysis analysis, PictureCases cases)
    {
        CaseSummary[] all = [.. cases.All.Where(one => one.Overhead is not null && P50(one).Value > 0 && P99(one).Value > 0)];
        if (all.Length == 0)
        {
            return null;
        }

        Plot plot = PictureStyle.Plot(Title);
        string[] methods = [.. all.Select(one => one.Id.Method).Distinct()];
        string[] payloads = [.. all.OrderBy(one => one.PayloadBytes).Select(one => one.Id.Payload).Distinct()];
        foreach (CaseSummary one in all)
        {
            int payload = Array.IndexOf(payloads, one.Id.Payload);
            // The first method is at the top of the picture. Within each method, the first payload is at the top.
            double y = -Array.IndexOf(methods, one.Id.Method) + (Group / 2) - (Group * (payload + 0.5) / payloads.Length);
            Add(plot, one, y, PictureStyle.Of(payload));
        }

        (double P50, double P99)? limits = Limits(analysis.Verdict.Thresholds, all);
        double least = all.Min(one => Low(P50(one))!.Value);
        double greatest = Math.Max(all.Max(one => High(P99(one))!.Value), limits?.P99 ?? 0);
        AddLimits(plot, limits);
        plot.Axes.Bottom.TickGenerator = PictureStyle.Times(least, greatest);
        plot.Axes.Left.TickGenerator =
            new NumericManual([.. methods.Select((_, index) => (double)-index)], [.. methods.Select(PictureStyle.Name)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.XLabel(PictureStyle.AxisLabel("time of a call less direct's (logarithmic); bar: p50 to p99; whiskers: their launches", cases));
        plot.Axes.SetLimits(PictureStyle.Log(least) - 0.12, PictureStyle.Log(greatest) + 0.12, 0.5 - methods.Length, 1.05);
        plot.Legend.ManualItems.AddRange(payloads.Select((payload, index) => Item(payload, PictureStyle.Of(index))));
        plot.ShowLegend(Edge.Right);
        return new Picture("overhead", Title, Alternative(analysis, all, limits), plot);
    }

    private static Figure P50(CaseSummary one) => one.Overhead!.P50;

    private static Figure P99(CaseSummary one) => one.Overhead!.Difference[Quantile.P99];

    // A logarithmic axis has no 0. A range that begins below 0 is drawn from the figure itself.
    private static double? Low(Figure figure) => figure.Low > 0 ? figure.Low : figure.Value;

    private static double? High(Figure figure) => figure.High ?? figure.Value;

    private static void Add(Plot plot, CaseSummary one, double y, MethodStyle style)
    {
        (double p50, double p99) = (PictureStyle.Log(P50(one).Value!.Value), PictureStyle.Log(P99(one).Value!.Value));
        LinePlot bar = plot.Add.Line(p50, y, p99, y);
        bar.LineColor = style.Colour.WithAlpha(0.55);
        bar.LineWidth = BarWidth;
        Marker median = plot.Add.Marker(p50, y, style.Marker, PictureStyle.MarkerSize, style.Colour);
        median.MarkerLineWidth = 2;
        Marker tail = plot.Add.Marker(p99, y, MarkerShape.VerticalBar, PictureStyle.MarkerSize + 4, style.Colour);
        tail.MarkerLineWidth = 3;
        AddWhisker(plot, P50(one), y - WhiskerOffset, style);
        AddWhisker(plot, P99(one), y + WhiskerOffset, style);
    }

    private static void AddWhisker(Plot plot, Figure figure, double y, MethodStyle style)
    {
        if (figure.High is not { } high)
        {
            return;
        }

        (double from, double to) = (PictureStyle.Log(Low(figure)!.Value), PictureStyle.Log(high));
        LinePlot line = plot.Add.Line(from, y, to, y);
        line.LineColor = style.Colour;
        line.LineWidth = 1.5f;
        foreach (double end in new[] { from, to })
        {
            Marker cap = plot.Add.Marker(end, y, MarkerShape.VerticalBar, CapSize, style.Colour);
            cap.MarkerLineWidth = 1.5f;
        }
    }

    private static LegendItem Item(string payload, MethodStyle style)
    {
        LegendItem item = PictureStyle.Item(PictureStyle.Name(payload), style);
        item.LineColor = style.Colour.WithAlpha(0.55);
        item.LineWidth = BarWidth;
        return item;
    }

    // Returns the limits in ns. Returns null if the limits differ between the cases, because one line would be wrong for some cases.
    private static (double P50, double P99)? Limits(ThresholdSet thresholds, CaseSummary[] all)
    {
        (double, double)[] limits =
        [
            .. all.Select(one => (thresholds.LimitNs(one.Id, Quantile.P50), thresholds.LimitNs(one.Id, Quantile.P99))).Distinct(),
        ];
        return limits.Length == 1 ? limits[0] : null;
    }

    private static void AddLimits(Plot plot, (double P50, double P99)? limits)
    {
        if (limits is not var (p50, p99))
        {
            return;
        }

        foreach ((Quantile quantile, double ns) in new[] { (Quantile.P50, p50), (Quantile.P99, p99) })
        {
            VerticalLine line = plot.Add.VerticalLine(PictureStyle.Log(ns), 1.5f, Colors.Black);
            Text label = plot.Add.Text($"{quantile} limit \n{Format.Duration(ns)} ", line.X, 1.02);
            label.LabelAlignment = Alignment.UpperRight;
            label.LabelFontSize = 13;
        }
    }

    private static string Alternative(RunAnalysis analysis, CaseSummary[] all, (double P50, double P99)? limits)
    {
        IEnumerable<string> methods =
            from method in all.GroupBy(one => one.Id.Method)
            let ends = new[] { method.First(), method.Last() }.Distinct().Select(End)
            select $"{PictureStyle.Name(method.Key)} {string.Join(", ", ends)}";
        int viable = all.Count(one => analysis.Verdict.Of(one)?.Viability == Viability.Viable);
        string kept = limits is var (p50, p99)
            ? $" The limits are {Format.Duration(p50)} on p50 and {Format.Duration(p99)} on p99; "
                + $"{viable} of the {all.Length} cases shown are viable."
            : "";
        return "What delegating echo adds to a call against direct, from p50 to p99, each with the range of its launches: "
            + $"{string.Join("; ", methods)}.{kept}";
    }

    private static string End(CaseSummary one) =>
        $"{FigureFormat.Duration(P50(one))} to {FigureFormat.Duration(P99(one))} with {one.Id.Payload}";
}
