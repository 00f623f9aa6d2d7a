using System.Diagnostics;
using System.Runtime.InteropServices;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>
/// The true lengths of a pass's calls: the start and end of the wait inside each call, in Stopwatch ticks. A call takes at least
/// its own wait. It takes at most the time from the end of the previous wait to the start of the next one. The difference is the
/// way from caller to method and back: below 1 µs, or several µs if a pre-emption left the caches cold.
/// </summary>
/// <param name="capacity">Largest number of calls in a pass.</param>
internal sealed class Truth(int capacity)
{
    private readonly long[] _began = new long[capacity];
    private readonly long[] _ended = new long[capacity];
    private long[] _least = [];
    private long[] _most = [];

    public int Count { get; private set; }

    /// <summary>
    /// The number of stalled calls as the report defines them, their total length in ns, and that of all calls. Only for a truth that
    /// was read from a file.
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

    /// <summary>Writes all starts, then all ends, to a file: 8 bytes each, in the byte order of this machine.</summary>
    public void Write(string folder, string method) => File.WriteAllBytes(
        PathIn(folder, method),
        [.. MemoryMarshal.AsBytes<long>(_began.AsSpan(0, Count)), .. MemoryMarshal.AsBytes<long>(_ended.AsSpan(0, Count))]);

    /// <exception cref="FileNotFoundException">The method wrote no file.</exception>
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
    /// The quantile by nearest rank, in ns, of the smallest and of the largest possible call lengths. Only for a truth that was read
    /// from a file.
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
            // The first and the last call have only one neighbour, so their largest length is unknown.
            _most[call] = call == 0 || call == Count - 1 ? long.MaxValue : _began[call + 1] - _ended[call - 1];
        }

        Array.Sort(_least);
        Array.Sort(_most);
    }

    private static double Ns(long ticks) => ticks * 1e9 / Stopwatch.Frequency;

    private static string PathIn(string folder, string method) => Path.Combine(folder, method + ".truth");
}
