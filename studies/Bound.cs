using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;

namespace WorkerRpc.Studies;

/// <summary>A limit on a figure. Both come from the same launch, so the machine's speed cancels out.</summary>
/// <param name="Text">The bound in words.</param>
/// <param name="Measured">The figure.</param>
/// <param name="Limit">The limit.</param>
/// <param name="Format">How to write both.</param>
/// <param name="AtLeast">Whether the figure must be at least the limit; otherwise at most.</param>
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

    /// <summary>Whether the bound holds, and a line that says so with the figures.</summary>
    public (bool Holds, string Line) Check(IReadOnlyList<LaunchFigures> launches)
    {
        // Above 1 the limit is missed.
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
