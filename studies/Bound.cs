using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Studies;

/// <summary>A limit on a figure. Figure and limit come from the same launch, so the machine's speed cancels out.</summary>
/// <param name="Text">Text of the bound, for the output.</param>
/// <param name="Measured">Function that returns the figure of a launch.</param>
/// <param name="Limit">Function that returns the limit of a launch.</param>
/// <param name="Format">Function that formats figure and limit.</param>
/// <param name="AtLeast">True if the limit is a lower one; false if it is an upper one.</param>
internal sealed record Bound(
    string Text,
    Func<LaunchFigures, double> Measured,
    Func<LaunchFigures, double> Limit,
    Func<double, string> Format,
    bool AtLeast = false)
{
    /// <summary>A bound on a time in ns.</summary>
    public static Bound OnTime(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, Benchmarks.Results.Format.Duration);

    /// <summary>A bound on bytes.</summary>
    public static Bound OnMemory(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, Benchmarks.Results.Format.Bytes);

    /// <summary>A lower bound on calls per second.</summary>
    public static Bound OnCalls(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, perSecond => $"{Benchmarks.Results.Format.Significant(perSecond / 1e3)} k", AtLeast: true);

    /// <summary>Returns whether the bound holds, and a line for the output.</summary>
    public (bool Holds, string Line) Check(IReadOnlyList<LaunchFigures> launches)
    {
        // The bound holds if the median ratio is at most 1.
        Figure ratio = AcrossLaunches.Of(launches, run => AtLeast ? Limit(run) / Measured(run) : Measured(run) / Limit(run));
        bool holds = ratio.Value <= 1;
        string measured = AcrossLaunches.Median(launches, Measured, Format);
        string limit = AcrossLaunches.Median(launches, Limit, Format);
        string ratios = ratio.Value is { } median
            ? string.Create(CultureInfo.InvariantCulture, $", ratio {median:0.000} [{ratio.Low:0.000} - {ratio.High:0.000}]")
            : "";
        return (holds, $"{(holds ? "pass" : "FAIL")}  {Text}: {measured} against {limit}{ratios}");
    }
}
