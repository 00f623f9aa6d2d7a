using HdrHistogram;
using HdrHistogram.Utilities;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// Creates, merges, encodes and decodes HdrHistograms of Stopwatch ticks. All histograms have the same range and precision. Merging adds
/// the counts of calls; percentiles are never averaged.
/// </summary>
public static class Histograms
{
    /// <summary>
    /// The longest duration that a histogram can record. A longer call is recorded with this duration, and is also counted separately.
    /// </summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(60);

    private const int SignificantDigits = 3;

    // A quantile is shown only if at least this many calls took longer. With fewer than 4 such calls, the quantile's 95 % interval has no
    // upper end (binomial order statistics). The number 10 leaves a margin.
    private const int MinCallsBeyond = 10;

    /// <summary>Creates an empty histogram for a clock with <paramref name="frequency"/> ticks per second.</summary>
    public static LongHistogram Create(long frequency) => new(1, CeilingTicks(frequency), SignificantDigits);

    /// <summary>Converts the longest recordable duration to ticks of a clock with <paramref name="frequency"/> ticks per second.</summary>
    public static long CeilingTicks(long frequency) => (long)Ceiling.TotalSeconds * frequency;

    /// <summary>
    /// The least number of calls with which a quantile is shown: 1 000 calls for 0.99. The quantile must be at least 0 and below 1.
    /// </summary>
    public static long MinCalls(double quantile) => (long)Math.Ceiling((MinCallsBeyond / (1 - quantile)) - 1e-6);

    /// <summary>
    /// Computes a quantile, from 0 to 1, of a histogram with at least one call, in ticks. See <see cref="RecordedCalls.ValueAt"/>.
    /// </summary>
    public static long ValueAt(HistogramBase histogram, double quantile) => RecordedCalls.Of(histogram).ValueAt(quantile);

    /// <summary>Creates a new histogram with the sum of the counts of one or more histograms.</summary>
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

    /// <summary>Decodes a histogram that <see cref="Encode"/> encoded.</summary>
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
