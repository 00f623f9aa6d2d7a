using System.Globalization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Bindings.Floors;
using static WorkerRpc.Benchmarks.Commands.Speed.SpeedCells;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>A bound on a figure, by other figures of the same launch.</summary>
/// <param name="Text">The bound, in words.</param>
/// <param name="Measured">The figure.</param>
/// <param name="Limit">What it is held to.</param>
/// <param name="Format">How both are shown.</param>
/// <param name="AtLeast">Whether the figure has to be at least the limit, else at most.</param>
internal sealed record SpeedLine(
    string Text, Func<SpeedFigures, double> Measured, Func<SpeedFigures, double> Limit, Func<double, string> Format, bool AtLeast = false)
{
    /// <summary>What the transports are held to, in the order in which it is told.</summary>
    public static readonly IReadOnlyList<SpeedLine> All =
    [
        Time($"{Pipe} {Smallest} p50 <= {MessagePackFloor.ReferenceId} + 3 x {Hop.ReferenceId}",
            run => run.P50(Echo(Pipe, Smallest)),
            run => run.P50(Row(MessagePackFloor.ReferenceId, Smallest)) + (3 * run.P50(Row(Hop.ReferenceId, Smallest)))),
        Time($"{Pipe} {Smallest} p99 <= 3 x its p50",
            run => run.P99(Echo(Pipe, Smallest)), run => 3 * run.P50(Echo(Pipe, Smallest))),
        Time($"{Pipe} {Largest} p50 <= {MessagePackFloor.ReferenceId} + 2 x {MemoryCopy.ReferenceId}",
            run => run.P50(Echo(Pipe, Largest)),
            run => run.P50(Row(MessagePackFloor.ReferenceId, Largest)) + (2 * run.P50(Row(MemoryCopy.ReferenceId, Largest)))),
        Time($"{Pipe} {Largest} p99 <= 1.2 x {MessagePackFloor.ReferenceId}'s p99",
            run => run.P99(Echo(Pipe, Largest)), run => 1.2 * run.P99(Row(MessagePackFloor.ReferenceId, Largest))),
        Time($"{Inline} {Smallest} p50 <= 3 x {JsonFloor.ReferenceId}",
            run => run.P50(Echo(Inline, Smallest)), run => 3 * run.P50(Row(JsonFloor.ReferenceId, Smallest))),
        Memory($"{Inline} {Smallest} allocated a call <= 4.2 KB", run => run.Allocated(Echo(Inline, Smallest)), _ => 4_200),
        Time($"{Inline} {Largest} p50 <= 1.3 x {JsonFloor.ReferenceId}",
            run => run.P50(Echo(Inline, Largest)), run => 1.3 * run.P50(Row(JsonFloor.ReferenceId, Largest))),
        Time($"{Inline} {Largest} p99 <= 1.5 x {JsonFloor.ReferenceId}'s p99",
            run => run.P99(Echo(Inline, Largest)), run => 1.5 * run.P99(Row(JsonFloor.ReferenceId, Largest))),
        Memory($"{ServiceBinding} {Smallest} allocated a call <= 11 KB", run => run.Allocated(Echo(ServiceBinding, Smallest)), _ => 11_000),
        Time($"{ServiceBinding} {Smallest} p50 <= 0.8 x {Plain}",
            run => run.P50(Echo(ServiceBinding, Smallest)), run => 0.8 * run.P50(Echo(Plain, Smallest))),
        Time($"{ServiceBinding} {Largest} p99 <= 3 x its p50",
            run => run.P99(Echo(ServiceBinding, Largest)), run => 3 * run.P50(Echo(ServiceBinding, Largest))),
        .. Sizes.Select(size => Time($"{RawFetch} {size} p50 <= {HttpFloor.ReferenceId} + 1.3 x {JsonFloor.ReferenceId}",
            run => run.P50(Echo(RawFetch, size)),
            run => run.P50(Row(HttpFloor.ReferenceId, size)) + (1.3 * run.P50(Row(JsonFloor.ReferenceId, size))))),
        // Whole bytes: what the process allocates beside the calls is a fraction of one a call.
        Memory($"{Pipe} {Smallest} allocated a call <= {MessagePackFloor.ReferenceId}'s, which is what both sides materialise",
            run => Math.Round(run.Allocated(Echo(Pipe, Smallest))), run => Math.Round(run.Allocated(Row(MessagePackFloor.ReferenceId, Smallest)))),
        Calls($"{Pipe} {Smallest} calls/s of 8 callers >= 1.3 x those of one",
            run => run.Crowd(8).CallsPerSecond, run => 1.3 * run.Crowd(1).CallsPerSecond),
        Calls($"{Pipe} {Smallest} calls/s of 64 callers >= those of 8",
            run => run.Crowd(64).CallsPerSecond, run => run.Crowd(8).CallsPerSecond),
        Time($"{Pipe} {Smallest} longest call of 64 callers <= 20 ms", run => run.Crowd(64).LongestNs, _ => 20e6),
    ];

    /// <summary>Whether the median over launches of the figure against its limit holds, and the words for it.</summary>
    public (bool Passed, string Told) Judge(IReadOnlyList<SpeedFigures> launches)
    {
        // Above 1 is beyond the limit.
        Figure ratio = OverLaunches.Of(launches, run => AtLeast ? Limit(run) / Measured(run) : Measured(run) / Limit(run));
        bool passed = ratio.Value <= 1;
        string figures = $"{OverLaunches.Median(launches, Measured, Format)} against {OverLaunches.Median(launches, Limit, Format)}";
        return (passed, string.Create(CultureInfo.InvariantCulture,
            $"{(passed ? "pass" : "FAIL")}  {Text}: {figures}{(ratio.Value is { } median ? $", ratio {median:0.000} [{ratio.Low:0.000} - {ratio.High:0.000}]" : "")}"));
    }

    /// <summary>A bound on a time.</summary>
    public static SpeedLine Time(string text, Func<SpeedFigures, double> measured, Func<SpeedFigures, double> limit) =>
        new(text, measured, limit, Analysis.Format.Duration);

    /// <summary>A bound on a number of bytes.</summary>
    public static SpeedLine Memory(string text, Func<SpeedFigures, double> measured, Func<SpeedFigures, double> limit) =>
        new(text, measured, limit, Analysis.Format.Bytes);

    private static SpeedLine Calls(string text, Func<SpeedFigures, double> measured, Func<SpeedFigures, double> limit) =>
        new(text, measured, limit, perSecond => $"{Analysis.Format.Significant(perSecond / 1e3)} k", AtLeast: true);
}
