using System.Diagnostics;
using System.Runtime.InteropServices;
using WorkerRpc.Benchmarks.Measurement;

namespace WorkerRpc.Benchmarks.SelfTest;

/// <summary>What a truth binding knows of the calls of a pass: each one's ticks, counted by itself.</summary>
/// <param name="capacity">The most calls that a pass makes.</param>
internal sealed class Truth(int capacity)
{
    private readonly long[] _ticks = new long[capacity];

    public int Count { get; private set; }

    public void Add(long ticks) => _ticks[Count++] = ticks;

    /// <summary>Writes it as 8 bytes a call, in the order of this machine.</summary>
    public void Write(string folder, string method) =>
        File.WriteAllBytes(PathIn(folder, method), MemoryMarshal.AsBytes<long>(_ticks.AsSpan(0, Count)));

    /// <exception cref="FileNotFoundException">The binding wrote none.</exception>
    public static Truth Read(string folder, string method)
    {
        ReadOnlySpan<long> ticks = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(PathIn(folder, method)));
        var truth = new Truth(ticks.Length);
        foreach (long one in ticks)
        {
            truth.Add(one);
        }

        Array.Sort(truth._ticks);
        return truth;
    }

    /// <summary>The quantile by nearest rank, in ns; of a truth that was read.</summary>
    public double QuantileNs(double quantile) => _ticks[Math.Max(0, (int)Math.Ceiling((quantile * Count) - 1e-9) - 1)] * 1e9 / Stopwatch.Frequency;

    /// <summary>The calls that stalled, by the report's own measure; of a truth that was read.</summary>
    public int Stalls => _ticks.Count(ticks => ticks * 1e9 / Stopwatch.Frequency >= QuantileNs(0.5) + (PassReport.StallMs * 1e6));

    private static string PathIn(string folder, string method) => Path.Combine(folder, method + ".truth");
}
