using ScottPlot;
using ScottPlot.Plottables;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>The p50 against the size of the payload: points with the launches' range, and the cost model where there is one.</summary>
internal static class CostPicture
{
    private const int PointsOfLine = 60;

    public static Picture? Of(Tables tables, PictureCases cases)
    {
        CaseRow[] rows = [.. cases.Methods.SelectMany(cases.Of)];
        if (rows.Select(row => row.PayloadBytes).Distinct().Count() < 2)
        {
            return null;
        }

        const string Title = "What a call of echo takes with a payload";
        Plot plot = PictureStyle.Plot(Title);
        var models = tables.CostModels.Where(model => model.Function == rows[0].Id.Function && model.Fixed.Value is not null).ToDictionary(model => model.Method);
        foreach (string method in cases.Methods)
        {
            Add(plot, method, cases, models.GetValueOrDefault(method));
        }

        double least = rows.Min(row => row.P50.Low ?? row.P50.Value!.Value);
        double greatest = rows.Max(row => row.P50.High ?? row.P50.Value!.Value);
        plot.Axes.Left.TickGenerator = PictureStyle.Times(least, greatest);
        plot.Axes.Bottom.TickGenerator = PictureStyle.Sizes(rows.Min(row => row.PayloadBytes), rows.Max(row => row.PayloadBytes));
        plot.XLabel(PictureStyle.Below("payload, as bytes of JSON (logarithmic)", cases));
        plot.YLabel("p50 of a call (logarithmic)");
        plot.Axes.SetLimitsY(PictureStyle.Log(least) - 0.15, PictureStyle.Log(greatest) + 0.15);
        plot.ShowLegend(Edge.Right);
        return new Picture("cost", Title, Alternative(cases, models), plot);
    }

    private static void Add(Plot plot, string method, PictureCases cases, CostModel? model)
    {
        MethodStyle style = cases.StyleOf(method);
        IReadOnlyList<CaseRow> rows = cases.Of(method);
        double[] sizes = [.. rows.Select(row => PictureStyle.Log(row.PayloadBytes))];
        double[] times = [.. rows.Select(row => PictureStyle.Log(row.P50.Value!.Value))];
        foreach ((CaseRow row, double size) in rows.Zip(sizes))
        {
            if (row.P50 is { Low: { } low and > 0, High: { } high })
            {
                LinePlot range = plot.Add.Line(size, PictureStyle.Log(low), size, PictureStyle.Log(high));
                range.LineColor = style.Colour.WithAlpha(0.45);
                range.LineWidth = 4;
            }
        }

        if (model is not null)
        {
            double[] along = [.. Enumerable.Range(0, PointsOfLine).Select(point => sizes[0] + ((sizes[^1] - sizes[0]) * point / (PointsOfLine - 1)))];
            var line = new CostLine(model.Fixed.Value!.Value, model.PerKb.Value!.Value);
            Scatter fitted = plot.Add.ScatterLine(along, [.. along.Select(size => PictureStyle.Log(line.AtNs(Math.Pow(10, size) / CostModel.BytesOfKb)))]);
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

    private static string Alternative(PictureCases cases, Dictionary<string, CostModel> models)
    {
        IEnumerable<string> told =
            from method in cases.Methods
            let rows = cases.Of(method)
            let model = models.GetValueOrDefault(method) is { } known ? $" (model: {Format.Duration(known.Fixed.Value!.Value)} + {Format.Duration(known.PerKb.Value!.Value)} a KB)" : ""
            select $"{PictureStyle.Name(method)} {Format.Duration(rows[0].P50.Value!.Value)} with {rows[0].Id.Payload} to {Format.Duration(rows[^1].P50.Value!.Value)} with {rows[^1].Id.Payload}{model}";
        return $"The p50 of a call of echo, with the range of the launches and the cost model: {string.Join("; ", told)}.";
    }
}
