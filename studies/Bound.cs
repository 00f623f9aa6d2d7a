using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Studies;

/// <summary>
/// A limit on a figure. In each launch, the figure is compared with a limit from the same launch, so the machine's speed cancels out.
/// </summary>
/// <param name="Text">The text of the bound in the output.</param>
/// <param name="Measured">Returns the figure of a launch.</param>
/// <param name="Limit">Returns the limit in a launch.</param>
/// <param name="Format">Formats the figure and the limit.</param>
/// <param name="AtLeast">True if the limit is a minimum, false if it is a maximum.</param>
internal sealed record Bound(
    string Text,
    Func<LaunchFigures, double> Measured,
    Func<LaunchFigures, double> Limit,
    Func<double, string> Format,
    bool AtLeast = false)
{
    /// <summary>Creates an upper limit on a time in ns.</summary>
    public static Bound OnTime(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, Benchmarks.Results.Format.Duration);

    /// <summary>
    /// The same limit on another figure, which is shown but does not decide. Null if there is none.
    /// </summary>
    public Bound? Shown { get; private init; }

    /// <summary>
    /// Creates an upper limit on the processor time of a call whose p50 depends on how fast the machine wakes threads. The same limit on
    /// the p50 is shown beside it.
    /// </summary>
    /// <param name="text">Returns the text of the bound, from the name of the limited figure.</param>
    /// <param name="measured">Returns the limited time, from the times of the cases.</param>
    /// <param name="limit">Returns the limit, from the times of the cases.</param>
    public static Bound OnWokenThreads(
        Func<string, string> text, Func<Func<CaseId, double>, double> measured, Func<Func<CaseId, double>, double> limit) =>
        OnTime(text("processor time"), run => measured(run.Cpu), run => limit(run.Cpu)) with
        {
            Shown = OnTime(text("p50"), run => measured(run.P50), run => limit(run.P50)),
        };

    /// <summary>Creates an upper limit on a number of bytes.</summary>
    public static Bound OnMemory(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, Benchmarks.Results.Format.Bytes);

    /// <summary>Creates a lower limit on calls per second.</summary>
    public static Bound OnCalls(string text, Func<LaunchFigures, double> measured, Func<LaunchFigures, double> limit) =>
        new(text, measured, limit, perSecond => $"{Benchmarks.Results.Format.Significant(perSecond / 1e3)} k", AtLeast: true);

    /// <summary>Returns whether the figure meets the limit, and a line for the output. A limit that is only shown adds a line.</summary>
    public (bool Holds, string Line) Check(IReadOnlyList<LaunchFigures> launches)
    {
        (bool holds, string line) = Compare(launches);
        string shown = Shown is null ? "" : $"\nseen  {Shown.Compare(launches).Line}";
        return (holds, $"{(holds ? "pass" : "FAIL")}  {line}{shown}");
    }

    private (bool Holds, string Line) Compare(IReadOnlyList<LaunchFigures> launches)
    {
        // The figure meets the limit if the median of this ratio is at most 1.
        Figure ratio = AcrossLaunches.Of(launches, run => AtLeast ? Limit(run) / Measured(run) : Measured(run) / Limit(run));
        string measured = AcrossLaunches.Median(launches, Measured, Format);
        string limit = AcrossLaunches.Median(launches, Limit, Format);
        string ratios = ratio.Value is { } median
            ? string.Create(CultureInfo.InvariantCulture, $", ratio {median:0.000} [{ratio.Low:0.000} - {ratio.High:0.000}]")
            : "";
        return (ratio.Value <= 1, $"{Text}: {measured} against {limit}{ratios}");
    }
}
