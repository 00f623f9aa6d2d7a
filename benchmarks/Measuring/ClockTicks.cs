using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Converts between ticks of this process's clock (<see cref="Stopwatch"/>) and other units of time.</summary>
internal static class ClockTicks
{
    /// <summary>Converts ticks to ns.</summary>
    public static double ToNs(double ticks) => ticks * 1e9 / Stopwatch.Frequency;

    /// <summary>Converts ns to whole ticks, rounded down.</summary>
    public static long FromNs(double ns) => (long)(ns * Stopwatch.Frequency / 1e9);

    /// <summary>Converts a length of time to whole ticks, rounded down.</summary>
    public static long From(TimeSpan length) => (long)(length.TotalSeconds * Stopwatch.Frequency);
}
