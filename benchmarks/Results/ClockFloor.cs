using System.ComponentModel.DataAnnotations;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The resolution of the clock and the cost of timing a call, measured in the process that times the calls.</summary>
/// <param name="Frequency">The clock's frequency, in ticks per second.</param>
/// <param name="StepNs">The smallest step between two different readings of the clock, in ns.</param>
/// <param name="ReadNs">The cost of reading the clock once, in ns; null if the cost is unknown.</param>
/// <param name="RecorderNs">The cost of two clock readings and of recording one call, in ns; null if the cost is unknown.</param>
public sealed record ClockFloor(
    [property: Range(1, double.PositiveInfinity)] long Frequency, double StepNs, double? ReadNs, double? RecorderNs)
{
    /// <summary>The shortest duration that this clock can measure, in ns.</summary>
    public double FloorNs => Math.Max(StepNs, ReadNs ?? 0);

    private double NsPerTick => 1e9 / Frequency;

    /// <summary>Converts a time in ticks of this clock to ns.</summary>
    public double ToNs(double ticks) => ticks * NsPerTick;

    /// <summary>Converts a time in ns to whole ticks of this clock, rounded down.</summary>
    public long ToTicks(double ns) => (long)(ns / NsPerTick);
}
