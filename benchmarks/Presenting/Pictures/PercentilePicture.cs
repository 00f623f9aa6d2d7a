using ScottPlot;
using ScottPlot.Plottables;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>
/// Draws the time of a call for each percentile, on HdrHistogram's scale. A line shows the median of the launches, a band shows their
/// range.
/// </summary>
internal static class PercentilePicture
{
    private const string Payload = "1KB";
    private const string Title = $"How long a call of echo with {Payload} takes";

    // The number of points between two labelled ticks, such as 90 % and 99 %.
    private const int PointsOfNine = 24;

    // The last tick is 99.99 %, because no profile makes enough calls for a higher percentile.
    private static readonly (double Share, string Label)[] s_ticks =
        [(0, "0 %"), (0.5, "50 %"), (0.9, "90 %"), (0.99, "99 %"), (0.999, "99.9 %"), (0.9999, "99.99 %")];

    private static readonly double[] s_shares =
        [.. Enumerable.Range(0, 5 * PointsOfNine).Select(point => 1 - Math.Pow(10, -point / (double)PointsOfNine))];

    /// <summary>Draws the picture, or returns null if no case can be drawn.</summary>
    public static Picture? Of(PictureCases cases)
    {
        CaseSummary[] all = [.. cases.All.Where(one => one.Id.Payload == Payload)];
        if (all.Length == 0)
        {
            return null;
        }

        Plot plot = PictureStyle.Plot(Title);
        LatencyCurve[] curves = [.. all.Select(one => LatencyCurve.Of(one, s_shares)!)];
        foreach ((CaseSummary one, LatencyCurve curve) in all.Zip(curves))
        {
            Add(plot, one, curve, cases.StyleOf(one.Id.Method));
        }

        plot.Axes.Left.TickGenerator = PictureStyle.Times(curves.SelectMany(Low).Min(), curves.SelectMany(High).Max());
        plot.Axes.Bottom.TickGenerator =
            new NumericManual([.. s_ticks.Select(tick => Nines(tick.Share))], [.. s_ticks.Select(tick => tick.Label)]);
        plot.XLabel(PictureStyle.AxisLabel("percentile of the calls; band: the range of the launches", cases));
        plot.YLabel("time of a call (logarithmic)");
        plot.Axes.SetLimitsX(0, Nines(s_shares[curves.Max(curve => curve.Points.Count) - 1]));
        plot.ShowLegend(Edge.Right);
        return new Picture("percentiles", Title, Alternative(all), plot);
    }

    private static double Nines(double share) => -Math.Log10(1 - share);

    // Replaces times below 1 ns by 1 ns, because a logarithmic axis has no 0.
    private static double Positive(double ns) => Math.Max(1, ns);

    private static IEnumerable<double> Low(LatencyCurve curve) => curve.Points.Select(point => Positive(point.Low ?? point.Value!.Value));

    private static IEnumerable<double> High(LatencyCurve curve) => curve.Points.Select(point => Positive(point.High ?? point.Value!.Value));

    private static void Add(Plot plot, CaseSummary one, LatencyCurve curve, MethodStyle style)
    {
        double[] nines = [.. s_shares.Take(curve.Points.Count).Select(Nines)];
        double[] medians = [.. curve.Points.Select(point => PictureStyle.Log(Positive(point.Value!.Value)))];
        FillY band = plot.Add.FillY(nines, [.. Low(curve).Select(PictureStyle.Log)], [.. High(curve).Select(PictureStyle.Log)]);
        band.FillColor = style.Colour.WithAlpha(0.13);
        band.LineColor = Colors.Transparent;
        band.MarkerSize = 0;
        Scatter line = plot.Add.ScatterLine(nines, medians);
        line.Color = style.Colour;
        line.LineWidth = PictureStyle.LineWidth;
        // Draws only two markers between labelled ticks, because a marker at every point would hide the line.
        int[] marked = [.. Enumerable.Range(0, nines.Length).Where(point => point % (PointsOfNine / 2) == 0)];
        Scatter marks = plot.Add.ScatterPoints(
            marked.Select(point => nines[point]).ToArray(), [.. marked.Select(point => medians[point])]);
        marks.Color = style.Colour;
        marks.MarkerShape = style.Marker;
        marks.MarkerSize = PictureStyle.MarkerSize;
        marks.MarkerLineWidth = 2;
        marks.LegendText = PictureStyle.Name(one.Id.Method);
    }

    private static string Alternative(CaseSummary[] all)
    {
        IEnumerable<string> methods = all.Select(one =>
            $"{PictureStyle.Name(one.Id.Method)} {FigureFormat.Duration(one.P50)} at p50"
            + At(one, Quantile.P99, "p99") + At(one, Quantile.P999, "p99.9"));
        return FormattableString.Invariant(
                $"The time of a call of echo with {Payload} by percentile, the median of {all.Max(one => one.Launches)} launches ")
            + $"and their range: {string.Join("; ", methods)}.";
    }

    private static string At(CaseSummary one, Quantile quantile, string name) =>
        one.Latency[quantile] is { Value: not null } figure ? $", {FigureFormat.Duration(figure)} at {name}" : "";
}
