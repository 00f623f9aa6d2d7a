using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Studies;

/// <summary>Combines the values of a figure in several launches. The result is unknown if one of the values is unknown.</summary>
internal static class AcrossLaunches
{
    /// <summary>Returns the median over the launches, and the range from the smallest to the largest value.</summary>
    public static Figure Of(IReadOnlyList<LaunchFigures> launches, Func<LaunchFigures, double> figure)
    {
        double[] perLaunch = [.. launches.Select(figure)];
        return perLaunch.Any(double.IsNaN) ? Figure.Unknown("not known") : Figure.Of(perLaunch);
    }

    /// <summary>Returns the median over the launches as text.</summary>
    public static string Median(IReadOnlyList<LaunchFigures> launches, Func<LaunchFigures, double> figure, Func<double, string> format) =>
        Of(launches, figure).Value is { } median ? format(median) : "not known";
}
