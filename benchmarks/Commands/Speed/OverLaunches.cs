using WorkerRpc.Benchmarks.Analysis;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>A study's figure over its launches. Not known in one, it is not known at all.</summary>
internal static class OverLaunches
{
    /// <summary>Their median and range.</summary>
    public static Figure Of(IReadOnlyList<SpeedFigures> launches, Func<SpeedFigures, double> figure)
    {
        double[] perLaunch = [.. launches.Select(figure)];
        return perLaunch.Any(double.IsNaN) ? Figure.Unknown("not known") : Figure.Of(perLaunch);
    }

    /// <summary>Their median in words.</summary>
    public static string Median(IReadOnlyList<SpeedFigures> launches, Func<SpeedFigures, double> figure, Func<double, string> format) =>
        Of(launches, figure) is { Value: { } median } ? format(median) : "not known";
}
