using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Pictures;

/// <summary>The look of a method, which is the same in every picture.</summary>
/// <param name="Colour">The colour of the method's lines and markers.</param>
/// <param name="Marker">
/// The shape of the method's markers, for readers who cannot distinguish the colours. All lines are solid, because the SVG writer cannot
/// draw dashed lines.
/// </param>
internal sealed record MethodStyle(Color Colour, MarkerShape Marker);

/// <summary>The look of all pictures: distinguishable colours, logarithmic axes with units, an installed font.</summary>
internal static class PictureStyle
{
    public const float LineWidth = 2;
    public const float MarkerSize = 9;

    private const float TitleSize = 17;
    private const float LabelSize = 14;
    private const float TickSize = 13;
    private const int MaxName = 30;

    // Common sans-serif fonts. The pictures use the first of these that is installed.
    private static readonly string[] s_fonts =
        ["Segoe UI", "Helvetica Neue", "Arial", "Liberation Sans", "Noto Sans", "DejaVu Sans"];

    // The palette of Okabe and Ito (2008, "Color Universal Design"), whose colours colour-blind readers can distinguish. Black and grey
    // replace the palette's yellow, which is too light on white.
    private static readonly MethodStyle[] s_methods =
    [
        new(Color.FromHex("#0072B2"), MarkerShape.FilledCircle),
        new(Color.FromHex("#D55E00"), MarkerShape.FilledSquare),
        new(Color.FromHex("#009E73"), MarkerShape.FilledTriangleUp),
        new(Color.FromHex("#CC79A7"), MarkerShape.FilledDiamond),
        new(Color.FromHex("#56B4E9"), MarkerShape.FilledTriangleDown),
        new(Color.FromHex("#E69F00"), MarkerShape.OpenCircle),
        new(Color.FromHex("#000000"), MarkerShape.OpenSquare),
        new(Color.FromHex("#777777"), MarkerShape.OpenDiamond),
    ];

    /// <summary>The number of styles. A picture shows at most this many methods.</summary>
    public static int Styles => s_methods.Length;

    /// <summary>The n-th style, for the n-th method, payload or answer of a picture.</summary>
    public static MethodStyle Of(int index) => s_methods[index % s_methods.Length];

    /// <summary>Creates an empty picture with a title.</summary>
    public static Plot Plot(string title)
    {
        var plot = new Plot();
        string? font = SkiaSharp.SKFontManager.Default.FontFamilies
            .Intersect(s_fonts)
            .OrderBy(family => Array.IndexOf(s_fonts, family))
            .FirstOrDefault();
        plot.Font.Set(font ?? Fonts.Default);
        plot.Title(title, TitleSize);
        plot.Axes.Title.Label.Bold = true;
        plot.Grid.MajorLineColor = Color.FromHex("#DDDDDD");
        foreach (IAxis axis in new IAxis[] { plot.Axes.Bottom, plot.Axes.Left })
        {
            axis.Label.FontSize = LabelSize;
            axis.Label.Bold = false;
            axis.TickLabelStyle.FontSize = TickSize;
        }

        plot.Legend.FontSize = TickSize;
        plot.Legend.OutlineColor = Color.FromHex("#CCCCCC");
        plot.Legend.ShadowColor = Colors.Transparent;
        plot.Legend.Padding = new PixelPadding(8);
        return plot;
    }

    /// <summary>Creates an entry of a legend with a filled marker.</summary>
    public static LegendItem Item(string text, MethodStyle style) => new()
    {
        LabelText = text,
        MarkerShape = style.Marker,
        MarkerSize = MarkerSize,
        MarkerFillColor = style.Colour,
        MarkerLineColor = style.Colour,
        MarkerLineWidth = 2,
    };

    /// <summary>An axis label. If the picture leaves out methods, the label also says which methods are shown.</summary>
    public static string AxisLabel(string label, PictureCases cases) => cases.LeftOut == 0
        ? label
        : FormattableString.Invariant($"{label}\nshown: the core methods and the fastest; {cases.LeftOut} more in the tables");

    /// <summary>A method's or a case's name, shortened to 30 characters.</summary>
    public static string Name(string name) => Shortened(name, MaxName);

    /// <summary>A name, shortened.</summary>
    /// <param name="name">The name.</param>
    /// <param name="most">The number of characters that are kept.</param>
    public static string Shortened(string name, int most)
    {
        string shown = Printable.Of(name);
        return shown.Length > most ? shown[..most] + "…" : shown;
    }

    /// <summary>The position of a value on a logarithmic axis.</summary>
    public static double Log(double value) => Math.Log10(value);

    /// <summary>The ticks of a time axis: labelled powers of ten with units, and ticks without labels between them.</summary>
    public static NumericManual Times(double leastNs, double greatestNs) => Decades(leastNs, greatestNs, Duration);

    /// <summary>The ticks of a size axis: labelled powers of ten with units, and ticks without labels between them.</summary>
    public static NumericManual Sizes(double leastBytes, double greatestBytes) => Decades(leastBytes, greatestBytes, Bytes);

    private static NumericManual Decades(double least, double greatest, Func<double, string> label)
    {
        var ticks = new NumericManual();
        for (int power = (int)Math.Floor(Log(least)); power <= (int)Math.Ceiling(Log(greatest)); power++)
        {
            ticks.AddMajor(power, label(Math.Pow(10, power)));
            for (int times = 2; times < 10; times++)
            {
                ticks.AddMinor(power + Log(times));
            }
        }

        return ticks;
    }

    private static string Duration(double ns) =>
        ns >= 1e9 ? Whole(ns / 1e9, "s") : ns >= 1e6 ? Whole(ns / 1e6, "ms") : ns >= 1e3 ? Whole(ns / 1e3, "µs") : Whole(ns, "ns");

    private static string Bytes(double bytes) =>
        bytes >= 1e6 ? Whole(bytes / 1e6, "MB") : bytes >= 1e3 ? Whole(bytes / 1e3, "KB") : Whole(bytes, "B");

    private static string Whole(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0} {unit}");
}
