using System.Runtime.CompilerServices;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// Decides whether the calls of a pass are enough: whether its p50, p95 and p99 have narrow sampling intervals. An interval is narrow if
/// both ends are close to the percentile: within 10 % for p50 and p95, and within 30 % for p99. The percentile of each half of the calls
/// must be that close too, because the interval assumes independent calls and does not see a change during the pass.
/// </summary>
/// <remarks>
/// More calls reduce only the sampling error of a launch. The interval is a wide bound of it. The study <c>passes</c> computes the real
/// error of percentiles that end early, and by how much the percentiles of launches differ.
/// </remarks>
public sealed class NarrowPercentiles
{
    /// <summary>The quantiles, and how close the ends of a narrow interval are to the percentile, as a share of the percentile.</summary>
    public static readonly IReadOnlyList<(double Quantile, double Closeness)> Limits = [(0.5, 0.1), (0.95, 0.1), (0.99, 0.3)];

    // The interval has 95 %. Its ends are calls of the sorted pass, by the normal approximation of the binomial distribution.
    private const double NormalQuantile = 1.96;

    private static readonly long s_minCalls = Histograms.MinCalls(0.99);

    private readonly long[] _all;
    private readonly long[] _first;
    private readonly long[] _second;

    /// <summary>Allocates the memory for all checks, and compiles their code, so that no check during a pass does that.</summary>
    /// <param name="capacity">The largest number of calls in a pass.</param>
    public NarrowPercentiles(int capacity)
    {
        _all = new long[capacity];
        _first = new long[(capacity + 1) / 2];
        _second = new long[(capacity + 1) / 2];
        AreNarrow(new long[capacity]);
    }

    /// <summary>Whether the percentiles of these calls are narrow. They never are with fewer calls than a p99 needs.</summary>
    /// <param name="elapsed">The durations of the calls, in the order of the calls; at most as many as the capacity.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool AreNarrow(ReadOnlySpan<long> elapsed)
    {
        if (elapsed.Length < s_minCalls)
        {
            return false;
        }

        int half = elapsed.Length / 2;
        Span<long> all = Sort(elapsed, _all);
        Span<long> first = Sort(elapsed[..half], _first);
        Span<long> second = Sort(elapsed[half..], _second);
        for (int i = 0; i < Limits.Count; i++)
        {
            (double quantile, double closeness) = Limits[i];
            double rank = quantile * all.Length;
            double distance = NormalQuantile * Math.Sqrt(rank * (1 - quantile));
            long value = ValueAt(all, rank);
            if (!IsClose(ValueAt(all, Math.Floor(rank - distance)))
                || !IsClose(ValueAt(all, Math.Ceiling(rank + distance) + 1))
                || !IsClose(ValueAt(first, quantile * first.Length))
                || !IsClose(ValueAt(second, quantile * second.Length)))
            {
                return false;
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            bool IsClose(long other) => Math.Abs(other - value) <= closeness * value;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Span<long> Sort(ReadOnlySpan<long> values, long[] memory)
    {
        values.CopyTo(memory);
        Span<long> sorted = memory.AsSpan(0, values.Length);
        sorted.Sort();
        return sorted;
    }

    // The rank is the number of the call, from 1, in the sorted calls. A fraction of a rank means the next call.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long ValueAt(Span<long> sorted, double rank) => sorted[(int)Math.Ceiling(rank - 1e-9) - 1];
}
