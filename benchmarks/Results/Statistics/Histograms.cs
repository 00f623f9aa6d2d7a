using HdrHistogram;
using HdrHistogram.Utilities;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// Creates, merges, encodes and decodes HdrHistograms of Stopwatch ticks, all with the same range and precision. Merging adds
/// the counts of calls: percentiles are never averaged.
/// </summary>
public static class Histograms
{
    /// <summary>The longest duration that a histogram records. A longer call is recorded as this long, and counted separately.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(60);

    private const int SignificantDigits = 3;

    // A quantile is shown only if at least this many calls are above it. With fewer than 4, its 95 % interval has no upper end
    // (binomial order statistics). 10 leaves a margin.
    private const int MinCallsBeyond = 10;

    /// <summary>Creates an empty histogram for a clock with <paramref name="frequency"/> ticks per second.</summary>
    public static LongHistogram Create(long frequency) => new(1, CeilingTicks(frequency), SignificantDigits);

    /// <summary>The ceiling in ticks of a clock with <paramref name="frequency"/> ticks per second.</summary>
    public static long CeilingTicks(long frequency) => (long)Ceiling.TotalSeconds * frequency;

    /// <summary>The fewest calls that allow a quantile to be shown: 1 000 for 0.99. The quantile is 0 or more and below 1.</summary>
    public static long CallsNeeded(double quantile) => (long)Math.Ceiling((MinCallsBeyond / (1 - quantile)) - 1e-6);

    /// <summary>The quantile, from 0 to 1, of a histogram that is not empty, in ticks: see <see cref="RecordedCalls.ValueAt"/>.</summary>
    public static long ValueAt(HistogramBase histogram, double quantile) => RecordedCalls.Of(histogram).ValueAt(quantile);

    /// <summary>Adds the counts of one or more histograms into a new one.</summary>
    public static LongHistogram Merge(IReadOnlyCollection<HistogramBase> histograms)
    {
        var merged = new LongHistogram(1, histograms.Max(one => one.HighestTrackableValue), SignificantDigits);
        foreach (HistogramBase one in histograms)
        {
            merged.Add(one);
        }

        return merged;
    }

    /// <summary>Encodes a histogram in HdrHistogram's V2 compressed format, as base64.</summary>
    public static string Encode(HistogramBase histogram)
    {
        var buffer = ByteBuffer.Allocate(histogram.GetNeededByteBufferCapacity());
        byte[] bytes = new byte[histogram.EncodeIntoCompressedByteBuffer(buffer)];
        buffer.Position = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = buffer.Get();
        }

        return Convert.ToBase64String(bytes);
    }

    /// <summary>Decodes a text from <see cref="Encode"/>.</summary>
    /// <exception cref="FormatException">The text is not an encoded histogram.</exception>
    public static HistogramBase Decode(string text)
    {
        try
        {
            return HistogramEncoding.DecodeFromCompressedByteBuffer(ByteBuffer.Allocate(Convert.FromBase64String(text)), 0);
        }
        catch (Exception e) when (e is not FormatException)
        {
            throw new FormatException($"no HdrHistogram in V2 compressed encoding: {e.Message}", e);
        }
    }
}
