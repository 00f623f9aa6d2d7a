namespace WorkerRpc.Benchmarks.Results;

/// <summary>What the clock and the recorder cannot see past, measured in the process that times the calls.</summary>
/// <param name="Frequency">Ticks a second of the clock.</param>
/// <param name="StepNs">The smallest step between two different readings, in ns.</param>
/// <param name="ReadNs">The cost of one reading, in ns; null where it is not known.</param>
/// <param name="RecorderNs">The cost of a timed call beside the call: two readings and the recording, in ns; null where it is not known.</param>
public sealed record ClockFloor(long Frequency, double StepNs, double? ReadNs, double? RecorderNs)
{
    /// <summary>No duration below this many ns is known: it would be the clock's own.</summary>
    public double FloorNs => Math.Max(StepNs, ReadNs ?? 0);

    /// <summary>A time in ns.</summary>
    /// <param name="ticks">The time in ticks of the clock.</param>
    public double ToNs(double ticks) => ticks * 1e9 / Frequency;
}
