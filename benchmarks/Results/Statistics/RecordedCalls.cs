using System.Runtime.CompilerServices;
using HdrHistogram;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// The non-empty buckets of a histogram of call durations, in ticks, from which quantiles are computed. An HdrHistogram itself uses 222 kB
/// and scans all its counters for each quantile. A large report has thousands of histograms, which would need 1 GB and most of the time to
/// read the report.
/// </summary>
public sealed class RecordedCalls
{
    // A cache: several tables and pages decode the same text. The garbage collector removes an entry together with its text.
    private static readonly ConditionalWeakTable<string, RecordedCalls> s_decoded = [];

    // Three arrays with one element for each bucket, ascending: the bucket's highest duration, its middle duration, and the number of calls
    // in this bucket and all lower buckets.
    private readonly long[] _highest;
    private readonly long[] _middle;
    private readonly long[] _cumulative;

    private RecordedCalls(long[] highest, long[] middle, long[] cumulative) =>
        (_highest, _middle, _cumulative) = (highest, middle, cumulative);

    private RecordedCalls(HistogramBase histogram)
    {
        (List<long> highest, List<long> middle, List<long> cumulative) = ([], [], []);
        long calls = 0;
        foreach (var bucket in histogram.RecordedValues())
        {
            calls += bucket.CountAddedInThisIterationStep;
            highest.Add(histogram.HighestEquivalentValue(bucket.ValueIteratedTo));
            middle.Add(histogram.MedianEquivalentValue(bucket.ValueIteratedTo));
            cumulative.Add(calls);
        }

        (_highest, _middle, _cumulative) = ([.. highest], [.. middle], [.. cumulative]);
    }

    /// <summary>The number of calls.</summary>
    public long Count => _cumulative.Length > 0 ? _cumulative[^1] : 0;

    /// <summary>Copies the buckets of a histogram. Calls that are recorded later do not change the copy.</summary>
    public static RecordedCalls Of(HistogramBase histogram) => new(histogram);

    /// <summary>Decodes a text that <see cref="Histograms.Encode"/> returned. The result is cached for each string instance.</summary>
    /// <exception cref="FormatException">The text is not an encoded histogram.</exception>
    public static RecordedCalls Decode(string text) =>
        s_decoded.GetValue(text, static encoded => new RecordedCalls(Histograms.Decode(encoded)));

    /// <summary>
    /// Adds the counts of several sets of calls, so that quantiles of all calls together can be computed. All durations must be in ticks of
    /// the same length.
    /// </summary>
    public static RecordedCalls Merge(IEnumerable<RecordedCalls> parts)
    {
        // Histograms of this program have the same buckets, so the same duration is in the same bucket of each part.
        var buckets = new SortedDictionary<long, (long Middle, long Calls)>();
        foreach (RecordedCalls part in parts)
        {
            for (int bucket = 0; bucket < part._highest.Length; bucket++)
            {
                long calls = part._cumulative[bucket] - (bucket > 0 ? part._cumulative[bucket - 1] : 0);
                long before = buckets.GetValueOrDefault(part._highest[bucket]).Calls;
                buckets[part._highest[bucket]] = (part._middle[bucket], before + calls);
            }
        }

        long sum = 0;
        return new RecordedCalls(
            [.. buckets.Keys],
            [.. buckets.Values.Select(bucket => bucket.Middle)],
            [.. buckets.Values.Select(bucket => sum += bucket.Calls)]);
    }

    /// <summary>
    /// Computes a quantile by nearest rank, in ticks: the lowest recorded duration such that at least this share of the calls took no
    /// longer. The histogram's precision makes the result up to 0.1 % too high.
    /// </summary>
    /// <param name="quantile">The share of the calls, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">The histogram has no calls.</exception>
    public long ValueAt(double quantile)
    {
        RequireCalls();
        long rank = Math.Max(1, (long)Math.Ceiling((quantile * Count) - 1e-9));
        int found = Array.BinarySearch(_cumulative, rank);
        return _highest[found >= 0 ? found : ~found];
    }

    /// <summary>
    /// Computes a quantile with linear interpolation between buckets, in ticks. The middle rank of a bucket's calls has the bucket's middle
    /// duration. Use this method if the clock is coarse: a quantile by nearest rank changes only in whole steps of the clock.
    /// </summary>
    /// <param name="quantile">The share of the calls, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">The histogram has no calls.</exception>
    public double Interpolated(double quantile)
    {
        RequireCalls();
        double rank = quantile * Count;
        (double Rank, double Value)? before = null;
        for (int bucket = 0; bucket < _cumulative.Length; bucket++)
        {
            double callsBelow = bucket > 0 ? _cumulative[bucket - 1] : 0;
            double middleRank = callsBelow + ((_cumulative[bucket] - callsBelow) / 2);
            double value = _middle[bucket];
            if (middleRank >= rank)
            {
                return before is not { } lower
                    ? value
                    : lower.Value + ((value - lower.Value) * (rank - lower.Rank) / (middleRank - lower.Rank));
            }

            before = (middleRank, value);
        }

        return _middle[^1];
    }

    /// <summary>
    /// Computes the share of the calls, from 0 to 1, that took longer than a duration in ticks. The duration is precise to 0.1 %.
    /// </summary>
    public double ShareAbove(long ticks)
    {
        int found = Array.BinarySearch(_highest, ticks);
        int firstAbove = found >= 0 ? found + 1 : ~found;
        return (Count - (firstAbove > 0 ? _cumulative[firstAbove - 1] : 0)) / (double)Count;
    }

    /// <summary>Adds up the durations of the calls that took longer than a duration, in ticks. The sum is precise to 0.1 %.</summary>
    public double TimeAbove(long ticks)
    {
        double sum = 0;
        for (int bucket = _highest.Length - 1; bucket >= 0 && _highest[bucket] > ticks; bucket--)
        {
            sum += (_cumulative[bucket] - (bucket > 0 ? _cumulative[bucket - 1] : 0)) * (double)_middle[bucket];
        }

        return sum;
    }

    private void RequireCalls()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A histogram without calls has no quantile.");
        }
    }
}
