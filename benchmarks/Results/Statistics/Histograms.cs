using HdrHistogram;
using HdrHistogram.Utilities;

namespace WorkerRpc.Benchmarks.Results.Statistics;

/// <summary>
/// HdrHistograms of Stopwatch ticks: their range and precision, their text form and their quantiles. Merging adds
/// counts; nothing averages percentiles.
/// </summary>
public static class Histograms
{
    /// <summary>The longest duration that is kept as it is; a longer one is counted as above the ceiling.</summary>
    public static readonly TimeSpan Ceiling = TimeSpan.FromSeconds(60);

    private const int SignificantDigits = 3;

    // The least calls beyond a quantile for which it is printed. Fewer than 4 leave its 95 % interval open upwards
    // (binomial order statistics); 10 is our margin.
    private const int MinCallsBeyond = 10;

    /// <summary>An empty histogram for a clock.</summary>
    /// <param name="frequency">The clock's ticks a second.</param>
    public static LongHistogram Create(long frequency) => new(1, CeilingTicks(frequency), SignificantDigits);

    /// <summary>The highest value that a histogram takes, in ticks.</summary>
    /// <param name="frequency">The clock's ticks a second.</param>
    public static long CeilingTicks(long frequency) => (long)Ceiling.TotalSeconds * frequency;

    /// <summary>The calls that a sample needs for a quantile to be known.</summary>
    /// <param name="quantile">From 0 to below 1.</param>
    public static long CallsNeeded(double quantile) => (long)Math.Ceiling((MinCallsBeyond / (1 - quantile)) - 1e-6);

    /// <summary>The quantile by nearest rank, as <see cref="RecordedCalls.ValueAt"/> gives it.</summary>
    /// <param name="histogram">Not empty.</param>
    /// <param name="quantile">From 0 to 1.</param>
    public static long ValueAt(HistogramBase histogram, double quantile) => RecordedCalls.Of(histogram).ValueAt(quantile);

    /// <summary>One histogram with the counts of several.</summary>
    /// <param name="histograms">At least one.</param>
    public static LongHistogram Merge(IReadOnlyCollection<HistogramBase> histograms)
    {
        var merged = new LongHistogram(1, histograms.Max(one => one.HighestTrackableValue), SignificantDigits);
        foreach (HistogramBase one in histograms)
        {
            merged.Add(one);
        }

        return merged;
    }

    /// <summary>HdrHistogram's V2 compressed encoding, in base64.</summary>
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

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="FormatException">The text is no encoded histogram.</exception>
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
