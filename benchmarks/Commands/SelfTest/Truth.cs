using System.Diagnostics;
using System.Runtime.InteropServices;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// The true lengths of the calls in a pass. Each call contains a wait, whose start and end are recorded in Stopwatch ticks. A call is at
/// least as long as its own wait. It is at most as long as the time from the end of the previous wait to the start of the next wait. The
/// two differ by the time from the caller to the method and back: below 1 µs, or several µs if a pre-emption left the caches cold.
/// </summary>
/// <param name="capacity">The largest number of calls in a pass.</param>
internal sealed class Truth(int capacity)
{
    private readonly long[] _began = new long[capacity];
    private readonly long[] _ended = new long[capacity];
    private long[] _least = [];
    private long[] _most = [];

    public int Count { get; private set; }

    /// <summary>
    /// The number of stalled calls, as the report defines a stall, the total length of the stalled calls, and the total length of all
    /// calls. Lengths are in ns. Only a truth that was read from a file has these values.
    /// </summary>
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

    /// <summary>
    /// Writes the start times of all calls to a file, then the end times of all calls. Each time is 8 bytes in the byte order of this
    /// machine.
    /// </summary>
    public void Write(string folder, string method) => File.WriteAllBytes(
        PathIn(folder, method),
        [.. MemoryMarshal.AsBytes<long>(_began.AsSpan(0, Count)), .. MemoryMarshal.AsBytes<long>(_ended.AsSpan(0, Count))]);

    /// <exception cref="FileNotFoundException">The method wrote no file into the folder.</exception>
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

    /// <summary>
    /// Returns a quantile of the shortest possible call lengths and of the longest possible ones, by nearest rank, in ns. Only a truth
    /// that was read from a file has these values.
    /// </summary>
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
            // The largest length of the first and of the last call is unlimited, because one of the neighbouring waits is missing.
            _most[call] = call == 0 || call == Count - 1 ? long.MaxValue : _began[call + 1] - _ended[call - 1];
        }

        Array.Sort(_least);
        Array.Sort(_most);
    }

    private static double Ns(long ticks) => ticks * 1e9 / Stopwatch.Frequency;

    private static string PathIn(string folder, string method) => Path.Combine(folder, method + ".truth");
}
