using System.Runtime.CompilerServices;
using HdrHistogram;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// What a histogram has recorded, to be asked for its quantiles: the buckets that have calls, in ticks. A histogram
/// itself has a counter for every duration up to a minute, 222 kB, and goes through them all for each question; a
/// report of many cases and launches would take a gigabyte of them, and most of its time.
/// </summary>
public sealed class RecordedCalls
{
    // A report's histograms are asked for by each of its tables, pages and comparisons. Dropped with the text.
    private static readonly ConditionalWeakTable<string, RecordedCalls> s_decoded = [];

    // Of each bucket, ascending: the highest duration that it stands for, the middle one, and the calls up to its end.
    private readonly long[] _highest;
    private readonly long[] _middle;
    private readonly long[] _upTo;

    private RecordedCalls(HistogramBase histogram)
    {
        (List<long> highest, List<long> middle, List<long> upTo) = ([], [], []);
        long seen = 0;
        foreach (var bucket in histogram.RecordedValues())
        {
            seen += bucket.CountAddedInThisIterationStep;
            highest.Add(histogram.HighestEquivalentValue(bucket.ValueIteratedTo));
            middle.Add(histogram.MedianEquivalentValue(bucket.ValueIteratedTo));
            upTo.Add(seen);
        }

        (_highest, _middle, _upTo) = ([.. highest], [.. middle], [.. upTo]);
    }

    /// <summary>How many calls there are.</summary>
    public long Count => _upTo.Length > 0 ? _upTo[^1] : 0;

    /// <summary>What a histogram has recorded so far.</summary>
    public static RecordedCalls Of(HistogramBase histogram) => new(histogram);

    /// <summary>Reads what <see cref="Histograms.Encode"/> wrote; a text that was read before, at no cost.</summary>
    /// <exception cref="FormatException">The text is no encoded histogram.</exception>
    public static RecordedCalls Decode(string text) => s_decoded.GetValue(text, static unread => new RecordedCalls(Histograms.Decode(unread)));

    /// <summary>
    /// The quantile by nearest rank: the least recorded value that at least this share of the calls did not exceed,
    /// to the histogram's precision (at most 0.1 % above).
    /// </summary>
    /// <param name="quantile">From 0 to 1.</param>
    /// <exception cref="InvalidOperationException">There is no call.</exception>
    public long ValueAt(double quantile)
    {
        RequireCalls();
        long rank = Math.Max(1, (long)Math.Ceiling((quantile * Count) - 1e-9));
        int found = Array.BinarySearch(_upTo, rank);
        return _highest[found >= 0 ? found : ~found];
    }

    /// <summary>
    /// The quantile as a point between the recorded values: each value stands in the middle of its calls' ranks, and
    /// ranks between two values lie between them in proportion. Where a clock's step is a notable share of the value, by
    /// nearest rank the median could only jump from step to step.
    /// </summary>
    /// <param name="quantile">From 0 to 1.</param>
    /// <exception cref="InvalidOperationException">There is no call.</exception>
    public double Interpolated(double quantile)
    {
        RequireCalls();
        double rank = quantile * Count;
        (double Rank, double Value)? before = null;
        for (int bucket = 0; bucket < _upTo.Length; bucket++)
        {
            double seen = bucket > 0 ? _upTo[bucket - 1] : 0;
            double middle = seen + ((_upTo[bucket] - seen) / 2);
            double value = _middle[bucket];
            if (middle >= rank)
            {
                return before is not { } lower ? value : lower.Value + ((value - lower.Value) * (rank - lower.Rank) / (middle - lower.Rank));
            }

            before = (middle, value);
        }

        return _middle[^1];
    }

    /// <summary>The share of the calls, from 0 to 1, above a value, to the histogram's precision.</summary>
    /// <param name="ticks">The value.</param>
    public double ShareAbove(long ticks)
    {
        int found = Array.BinarySearch(_highest, ticks);
        int firstAbove = found >= 0 ? found + 1 : ~found;
        return (Count - (firstAbove > 0 ? _upTo[firstAbove - 1] : 0)) / (double)Count;
    }

    private void RequireCalls()
    {
        if (Count == 0)
        {
            throw new InvalidOperationException("A histogram without calls has no quantile.");
        }
    }
}
