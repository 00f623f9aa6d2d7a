using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Studies;

/// <summary>Combines a figure of several launches. The result is unknown if the figure of one launch is unknown.</summary>
internal static class AcrossLaunches
{
    /// <summary>The median of the launches and their range.</summary>
    public static Figure Of(IReadOnlyList<LaunchFigures> launches, Func<LaunchFigures, double> figure)
    {
        double[] perLaunch = [.. launches.Select(figure)];
        return perLaunch.Any(double.IsNaN) ? Figure.Unknown("not known") : Figure.Of(perLaunch);
    }

    /// <summary>The median of the launches as text.</summary>
    public static string Median(IReadOnlyList<LaunchFigures> launches, Func<LaunchFigures, double> figure, Func<double, string> format) =>
        Of(launches, figure).Value is { } median ? format(median) : "not known";
}
