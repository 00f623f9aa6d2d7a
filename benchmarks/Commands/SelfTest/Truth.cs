using System.Diagnostics;
using System.Runtime.InteropServices;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// What a truth binding knows of the calls of a pass: when each wait began and ended. Both readings of whoever times
/// a call lie around its wait, and between the end of the wait before and the beginning of the next: so a call takes
/// at least its own wait, and at most from wait to wait. Between the two lies the way from caller to binding and
/// back, a fraction of a µs, but several µs where a pre-emption has left caches cold.
/// </summary>
/// <param name="capacity">The most calls that a pass makes.</param>
internal sealed class Truth(int capacity)
{
    private readonly long[] _began = new long[capacity];
    private readonly long[] _ended = new long[capacity];
    private long[] _least = [];
    private long[] _most = [];

    public int Count { get; private set; }

    /// <summary>The calls that stalled, by the report's own measure, and how long they and all calls took together, in ns; of a truth that was read.</summary>
    public (int Calls, double StalledNs, double AllNs) Stalls
    {
        get
        {
            double limitNs = QuantileNs(0.5).Least + (PassReport.StallMs * 1e6);
            long[] stalled = [.. _least.Where(ticks => Ns(ticks) >= limitNs)];
            return (stalled.Length, Ns(stalled.Sum()), Ns(_least.Sum()));
        }
    }

    public void Add(long began, long ended)
    {
        _began[Count] = began;
        _ended[Count++] = ended;
    }

    /// <summary>Writes it: all beginnings, then all ends, as 8 bytes each in the order of this machine.</summary>
    public void Write(string folder, string method) => File.WriteAllBytes(
        PathIn(folder, method),
        [.. MemoryMarshal.AsBytes<long>(_began.AsSpan(0, Count)), .. MemoryMarshal.AsBytes<long>(_ended.AsSpan(0, Count))]);

    /// <exception cref="FileNotFoundException">The binding wrote none.</exception>
    public static Truth Read(string folder, string method)
    {
        ReadOnlySpan<long> ticks = MemoryMarshal.Cast<byte, long>(File.ReadAllBytes(PathIn(folder, method)));
        int count = ticks.Length / 2;
        var truth = new Truth(count);
        for (int call = 0; call < count; call++)
        {
            truth.Add(ticks[call], ticks[count + call]);
        }

        truth.Sort();
        return truth;
    }

    /// <summary>The quantile by nearest rank, in ns, of the least and of the most that the calls can have taken; of a truth that was read.</summary>
    public (double Least, double Most) QuantileNs(double quantile)
    {
        int rank = Math.Max(0, (int)Math.Ceiling((quantile * Count) - 1e-9) - 1);
        return (Ns(_least[rank]), Ns(_most[rank]));
    }

    private void Sort()
    {
        _least = new long[Count];
        _most = new long[Count];
        for (int call = 0; call < Count; call++)
        {
            _least[call] = _ended[call] - _began[call];
            // The first and the last have no neighbour on one side, so nothing says how long they took at most.
            _most[call] = call == 0 || call == Count - 1 ? long.MaxValue : _began[call + 1] - _ended[call - 1];
        }

        Array.Sort(_least);
        Array.Sort(_most);
    }

    private static double Ns(long ticks) => ticks * 1e9 / Stopwatch.Frequency;

    private static string PathIn(string folder, string method) => Path.Combine(folder, method + ".truth");
}
