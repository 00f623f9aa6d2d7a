using System.Runtime.CompilerServices;
using HdrHistogram;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// The buckets of a histogram that have calls, in ticks. Computes quantiles from them. An HdrHistogram itself takes 222 kB and
/// scans all its counters for each quantile. A large report has thousands of histograms: 1 GB, and most of the time to read it.
/// </summary>
public sealed class RecordedCalls
{
    // Several tables and pages decode the same text. An entry is dropped when its text is garbage collected.
    private static readonly ConditionalWeakTable<string, RecordedCalls> s_decoded = [];

    // For each bucket, ascending: its highest duration, its middle duration, and the number of calls in it and all lower ones.
    private readonly long[] _highest;
    private readonly long[] _middle;
    private readonly long[] _cumulative;

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

    /// <summary>Copies the buckets of a histogram. Later calls do not change the copy.</summary>
    public static RecordedCalls Of(HistogramBase histogram) => new(histogram);

    /// <summary>Decodes a text from <see cref="Histograms.Encode"/>. The result for the same string instance is cached.</summary>
    /// <exception cref="FormatException">The text is not an encoded histogram.</exception>
    public static RecordedCalls Decode(string text) =>
        s_decoded.GetValue(text, static encoded => new RecordedCalls(Histograms.Decode(encoded)));

    /// <summary>
    /// The quantile by nearest rank: the lowest recorded time that at least this share of the calls did not exceed, in ticks. The
    /// histogram's precision makes it up to 0.1 % too high.
    /// </summary>
    /// <param name="quantile">The share of the calls, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">There are no calls.</exception>
    public long ValueAt(double quantile)
    {
        RequireCalls();
        long rank = Math.Max(1, (long)Math.Ceiling((quantile * Count) - 1e-9));
        int found = Array.BinarySearch(_cumulative, rank);
        return _highest[found >= 0 ? found : ~found];
    }

    /// <summary>
    /// The quantile with linear interpolation between buckets, in ticks. The middle rank of a bucket's calls has the bucket's
    /// middle time. Use it where the clock is coarse: a quantile by nearest rank can only jump by whole steps of the clock.
    /// </summary>
    /// <param name="quantile">The share of the calls, from 0 to 1.</param>
    /// <exception cref="InvalidOperationException">There are no calls.</exception>
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

    /// <summary>The share of the calls, from 0 to 1, that took longer than a time in ticks. The time is precise to 0.1 %.</summary>
    public double ShareAbove(long ticks)
    {
        int found = Array.BinarySearch(_highest, ticks);
        int firstAbove = found >= 0 ? found + 1 : ~found;
        return (Count - (firstAbove > 0 ? _cumulative[firstAbove - 1] : 0)) / (double)Count;
    }

    private void RequireCalls()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A histogram without calls has no quantile.");
        }
    }
}
