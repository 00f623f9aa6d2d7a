using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>Formats a figure as text: its value and range in one unit, or the reason why it is unknown.</summary>
internal static class FigureFormat
{
    /// <summary>Formats a time: <c>11.8 µs [10.6 – 15.7]</c>.</summary>
    public static string Duration(Figure figure) => Write(figure, Format.Duration);

    /// <summary>Formats a number of bytes and its range: <c>12.3 KB [8.10 – 20.4]</c>.</summary>
    public static string Bytes(Figure figure) => Write(figure, Format.Bytes);

    /// <summary>Formats a count per second: <c>118 k/s [106 – 157]</c>.</summary>
    public static string Rate(Figure figure) => Write(figure, Format.Rate);

    /// <summary>Formats a ratio: <c>1.18 [1.06 – 1.57]</c>. An unknown ratio becomes a dash.</summary>
    public static string Ratio(Figure figure) => figure.Value is null ? "–" : Write(figure, Format.Ratio);

    private static string Write(Figure figure, Func<double, double?, double?, string> format) =>
        figure.Value is { } value ? format(value, figure.Low, figure.High) : figure.Withheld!;
}
