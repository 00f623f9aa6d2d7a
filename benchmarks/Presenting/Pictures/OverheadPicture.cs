using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>The overhead against direct: a bar a method and payload from p50 to p99, and the limits on both.</summary>
internal static class OverheadPicture
{
    private const float BarWidth = 7;
    private const double Group = 0.72;

    public static Picture? Of(Tables tables, PictureCases cases)
    {
        CaseRow[] rows = [.. cases.Methods.SelectMany(cases.Of).Where(row => row.Overhead is { P50.Value: > 0, P99.Value: > 0 })];
        if (rows.Length == 0)
        {
            return null;
        }

        const string Title = "What delegating echo adds to a call, p50 to p99";
        Plot plot = PictureStyle.Plot(Title);
        string[] methods = [.. rows.Select(row => row.Id.Method).Distinct()];
        string[] payloads = [.. rows.OrderBy(row => row.PayloadBytes).Select(row => row.Id.Payload).Distinct()];
        foreach (CaseRow row in rows)
        {
            // From the top, as a list is read.
            double y = -Array.IndexOf(methods, row.Id.Method) + (Group / 2) - (Group * (Array.IndexOf(payloads, row.Id.Payload) + 0.5) / payloads.Length);
            Add(plot, row, y, PictureStyle.Of(Array.IndexOf(payloads, row.Id.Payload)));
        }

        (double P50, double P99)? limits = Limits(tables, rows);
        double least = rows.Min(row => row.Overhead!.P50.Value!.Value);
        double greatest = Math.Max(rows.Max(row => row.Overhead!.P99.Value!.Value), limits?.P99 ?? 0);
        AddLimits(plot, limits);
        plot.Axes.Bottom.TickGenerator = PictureStyle.Times(least, greatest);
        plot.Axes.Left.TickGenerator = new NumericManual([.. methods.Select((_, index) => (double)-index)], [.. methods.Select(PictureStyle.Name)]);
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.XLabel(PictureStyle.Below("time of a call less direct's (logarithmic); left end p50, right end p99", cases));
        plot.Axes.SetLimits(PictureStyle.Log(least) - 0.12, PictureStyle.Log(greatest) + 0.12, 0.5 - methods.Length, 1.05);
        plot.Legend.ManualItems.AddRange(payloads.Select((payload, index) => Item(payload, PictureStyle.Of(index))));
        plot.ShowLegend(Edge.Right);
        return new Picture("overhead", Title, Alternative(tables, rows, limits), plot);
    }

    private static void Add(Plot plot, CaseRow row, double y, MethodStyle style)
    {
        (double p50, double p99) = (PictureStyle.Log(row.Overhead!.P50.Value!.Value), PictureStyle.Log(row.Overhead.P99.Value!.Value));
        LinePlot bar = plot.Add.Line(p50, y, p99, y);
        bar.LineColor = style.Colour.WithAlpha(0.55);
        bar.LineWidth = BarWidth;
        Marker median = plot.Add.Marker(p50, y, style.Marker, PictureStyle.MarkerSize, style.Colour);
        median.MarkerLineWidth = 2;
        Marker tail = plot.Add.Marker(p99, y, MarkerShape.VerticalBar, PictureStyle.MarkerSize + 4, style.Colour);
        tail.MarkerLineWidth = 3;
    }

    private static LegendItem Item(string payload, MethodStyle style) => new()
    {
        LabelText = PictureStyle.Name(payload),
        MarkerShape = style.Marker,
        MarkerSize = PictureStyle.MarkerSize,
        MarkerFillColor = style.Colour,
        MarkerLineColor = style.Colour,
        MarkerLineWidth = 2,
        LineColor = style.Colour.WithAlpha(0.55),
        LineWidth = BarWidth,
    };

    // Null where a threshold of the user's makes them differ from cell to cell: a line would be untrue of some.
    private static (double P50, double P99)? Limits(Tables tables, CaseRow[] rows)
    {
        var thresholds = new Thresholds(tables.Report.Run.Thresholds);
        (double, double)[] limits = [.. rows.Select(row => thresholds.LimitsNs(row.Id)).Select(limit => (limit[LimitedQuantile.P50], limit[LimitedQuantile.P99])).Distinct()];
        return limits.Length == 1 ? limits[0] : null;
    }

    private static void AddLimits(Plot plot, (double P50, double P99)? limits)
    {
        if (limits is not var (p50, p99))
        {
            return;
        }

        foreach ((string name, double ns) in new[] { ("p50", p50), ("p99", p99) })
        {
            VerticalLine line = plot.Add.VerticalLine(PictureStyle.Log(ns), 1.5f, Colors.Black);
            Text label = plot.Add.Text($"{name} limit \n{Format.Duration(ns)} ", line.X, 1.02);
            label.LabelAlignment = Alignment.UpperRight;
            label.LabelFontSize = 13;
        }
    }

    private static string Alternative(Tables tables, CaseRow[] rows, (double P50, double P99)? limits)
    {
        IEnumerable<string> told =
            from method in rows.GroupBy(row => row.Id.Method)
            let ends = new[] { method.First(), method.Last() }.Distinct()
            select $"{PictureStyle.Name(method.Key)} {string.Join(", ", ends.Select(row => $"{Format.Duration(row.Overhead!.P50.Value!.Value)} to {Format.Duration(row.Overhead.P99.Value!.Value)} with {row.Id.Payload}"))}";
        string held = limits is not var (p50, p99) ? "" : $" The limits are {Format.Duration(p50)} on p50 and {Format.Duration(p99)} on p99; {rows.Count(row => tables.Verdicts.Of(row)?.Viability == Viability.Viable)} of the {rows.Length} cells shown are viable.";
        return $"What delegating echo adds to a call against direct, from p50 to p99: {string.Join("; ", told)}.{held}";
    }
}
