using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>How long calls take by percentile: the median of the launches, and their range as a band, on HdrHistogram's scale.</summary>
internal static class PercentilePicture
{
    private const string Payload = "1KB";
    private const int PointsOfNine = 24;

    // As far as any run of the profiles knows.
    private static readonly (double Quantile, string Label)[] s_ticks = [(0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")];

    public static Picture? Of(RunReport report, PictureCases cases)
    {
        var clocks = report.Launches.Where(launch => launch.Clock is not null).ToDictionary(launch => launch.Number, launch => launch.Clock!);
        CaseRow[] rows = [.. cases.Methods.SelectMany(cases.Of).Where(row => row.Id.Payload == Payload)];
        if (rows.Length == 0)
        {
            return null;
        }

        const string Title = $"How long a call of echo with {Payload} takes";
        Plot plot = PictureStyle.Plot(Title);
        Curve[] curves = [.. rows.Select(row => Curve.Of(row, clocks))];
        foreach (Curve curve in curves)
        {
            Add(plot, curve, cases.StyleOf(curve.Row.Id.Method));
        }

        plot.Axes.Left.TickGenerator = PictureStyle.Times(curves.Min(curve => curve.LowNs.Min()), curves.Max(curve => curve.HighNs.Max()));
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. s_ticks.Select(tick => Nines(tick.Quantile))], [.. s_ticks.Select(tick => tick.Label)]);
        plot.XLabel(PictureStyle.Below("percentile of the calls; band: the range of the launches", cases));
        plot.YLabel("time of a call (logarithmic)");
        plot.Axes.SetLimitsX(0, curves.Max(curve => curve.Nines[^1]));
        plot.ShowLegend(Edge.Right);
        return new Picture("percentiles", Title, Alternative(rows), plot);
    }

    private static double Nines(double quantile) => -Math.Log10(1 - quantile);

    private static void Add(Plot plot, Curve curve, MethodStyle style)
    {
        double[] low = [.. curve.LowNs.Select(PictureStyle.Log)];
        double[] high = [.. curve.HighNs.Select(PictureStyle.Log)];
        FillY band = plot.Add.FillY(curve.Nines, low, high);
        band.FillColor = style.Colour.WithAlpha(0.13);
        band.LineColor = Colors.Transparent;
        band.MarkerSize = 0;
        Scatter line = plot.Add.ScatterLine(curve.Nines, [.. curve.MedianNs.Select(PictureStyle.Log)]);
        line.Color = style.Colour;
        line.LineWidth = PictureStyle.LineWidth;
        // A shape at every half nine: a marker a point would be a line of its own.
        int[] marked = [.. Enumerable.Range(0, curve.Nines.Length).Where(point => point % (PointsOfNine / 2) == 0)];
        Scatter marks = plot.Add.ScatterPoints(marked.Select(point => curve.Nines[point]).ToArray(), [.. marked.Select(point => PictureStyle.Log(curve.MedianNs[point]))]);
        marks.Color = style.Colour;
        marks.MarkerShape = style.Marker;
        marks.MarkerSize = PictureStyle.MarkerSize;
        marks.MarkerLineWidth = 2;
        marks.LegendText = PictureStyle.Name(curve.Row.Id.Method);
    }

    private static string Alternative(CaseRow[] rows)
    {
        IEnumerable<string> told = rows.Select(row => $"{PictureStyle.Name(row.Id.Method)} {Format.Duration(row.P50.Value!.Value)} at p50{(row.P99.Value is { } p99 ? $", {Format.Duration(p99)} at p99" : "")}{(row.P999.Value is { } p999 ? $", {Format.Duration(p999)} at p99.9" : "")}");
        return FormattableString.Invariant($"The time of a call of echo with {Payload} by percentile, the median of {rows.Max(row => row.Launches)} launches and their range: {string.Join("; ", told)}.");
    }

    /// <summary>A case's quantiles, as far as every launch has calls enough.</summary>
    private sealed record Curve(CaseRow Row, double[] Nines, double[] MedianNs, double[] LowNs, double[] HighNs)
    {
        public static Curve Of(CaseRow row, Dictionary<int, ClockFloor> clocks)
        {
            (RecordedCalls Calls, double NsPerTick)[] launches = [.. row.Passes.Select(pass => (RecordedCalls.Decode(pass.Histogram), 1e9 / clocks[pass.Launch].Frequency))];
            double[] quantiles =
            [
                .. Enumerable.Range(0, 5 * PointsOfNine).Select(point => 1 - Math.Pow(10, -point / (double)PointsOfNine))
                    .TakeWhile(quantile => row.Passes.All(pass => pass.Calls >= Histograms.CallsNeeded(quantile))),
            ];
            double[][] ns = [.. quantiles.Select(quantile => launches.Select(launch => Math.Max(1, launch.Calls.ValueAt(quantile) * launch.NsPerTick)).ToArray())];
            return new Curve(
                row, [.. quantiles.Select(PercentilePicture.Nines)], [.. ns.Select(values => Figure.Of(values).Value!.Value)], [.. ns.Select(values => values.Min())], [.. ns.Select(values => values.Max())]);
        }
    }
}
