using ScottPlot;
using ScottPlot.Plottables;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Costs;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>Draws the p50 over the payload size: points with the range of the launches, and the line of the cost model.</summary>
internal static class CostPicture
{
    private const string Title = "What a call of echo takes with a payload";
    private const int PointsOfLine = 60;

    /// <summary>Draws the picture, or returns null if fewer than two payload sizes can be drawn.</summary>
    public static Picture? Of(RunAnalysis analysis, PictureCases cases)
    {
        CaseSummary[] all = [.. cases.All];
        if (all.Select(one => one.PayloadBytes).Distinct().Count() < 2)
        {
            return null;
        }

        Plot plot = PictureStyle.Plot(Title);
        var models = analysis.CostModels
            .Where(model => model.Function == all[0].Id.Function && model.Fixed.Value is not null)
            .ToDictionary(model => model.Method, model => new CostLine(model.Fixed.Value!.Value, model.PerKb.Value!.Value));
        foreach (string method in cases.Methods)
        {
            Add(plot, method, cases, models.TryGetValue(method, out CostLine line) ? line : null);
        }

        double least = all.Min(one => one.P50.Low ?? one.P50.Value!.Value);
        double greatest = all.Max(one => one.P50.High ?? one.P50.Value!.Value);
        plot.Axes.Left.TickGenerator = PictureStyle.Times(least, greatest);
        plot.Axes.Bottom.TickGenerator = PictureStyle.Sizes(all.Min(one => one.PayloadBytes), all.Max(one => one.PayloadBytes));
        plot.XLabel(PictureStyle.AxisLabel("payload, as bytes of JSON (logarithmic)", cases));
        plot.YLabel("p50 of a call (logarithmic)");
        plot.Axes.SetLimitsY(PictureStyle.Log(least) - 0.15, PictureStyle.Log(greatest) + 0.15);
        plot.ShowLegend(Edge.Right);
        return new Picture("cost", Title, Alternative(cases, models), plot);
    }

    private static void Add(Plot plot, string method, PictureCases cases, CostLine? line)
    {
        MethodStyle style = cases.StyleOf(method);
        IReadOnlyList<CaseSummary> ofMethod = cases.Of(method);
        double[] sizes = [.. ofMethod.Select(one => PictureStyle.Log(one.PayloadBytes))];
        double[] times = [.. ofMethod.Select(one => PictureStyle.Log(one.P50.Value!.Value))];
        foreach ((CaseSummary one, double size) in ofMethod.Zip(sizes))
        {
            if (one.P50 is { Low: { } low and > 0, High: { } high })
            {
                LinePlot range = plot.Add.Line(size, PictureStyle.Log(low), size, PictureStyle.Log(high));
                range.LineColor = style.Colour.WithAlpha(0.45);
                range.LineWidth = 4;
            }
        }

        if (line is { } known)
        {
            double step = (sizes[^1] - sizes[0]) / (PointsOfLine - 1);
            double[] along = [.. Enumerable.Range(0, PointsOfLine).Select(point => sizes[0] + (step * point))];
            double[] ns = [.. along.Select(size => PictureStyle.Log(known.AtNs(Math.Pow(10, size) / CostModel.BytesOfKb)))];
            Scatter fitted = plot.Add.ScatterLine(along, ns);
            fitted.Color = style.Colour;
            fitted.LineWidth = PictureStyle.LineWidth;
        }

        Scatter points = plot.Add.ScatterPoints(sizes, times);
        points.Color = style.Colour;
        points.MarkerShape = style.Marker;
        points.MarkerSize = PictureStyle.MarkerSize;
        points.MarkerLineWidth = 2;
        points.LegendText = PictureStyle.Name(method);
    }

    private static string Alternative(PictureCases cases, Dictionary<string, CostLine> models)
    {
        IEnumerable<string> methods =
            from method in cases.Methods
            let ofMethod = cases.Of(method)
            let model = models.TryGetValue(method, out CostLine line)
                ? $" (model: {Format.Duration(line.FixedNs)} + {Format.Duration(line.PerKbNs)} a KB)"
                : ""
            select $"{PictureStyle.Name(method)} {End(ofMethod[0])} to {End(ofMethod[^1])}{model}";
        return $"The p50 of a call of echo, with the range of the launches and the cost model: {string.Join("; ", methods)}.";
    }

    private static string End(CaseSummary one) => $"{Format.Duration(one.P50.Value!.Value)} with {one.Id.Payload}";
}
