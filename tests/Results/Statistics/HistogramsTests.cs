using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Results.Statistics;

public class HistogramsTests
{
    private const long Frequency = 1_000_000_000;

    private static readonly double[] s_quantiles = [0, 0.5, 0.9, 0.95, 0.99, 0.999, 1];

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 200)]
    public void Quantile_is_nearest_rank_within_a_thousandth(Sample sample)
    {
        LongHistogram histogram = Fill(sample.Ticks);
        long[] sorted = [.. sample.Ticks.Order()];

        foreach (double quantile in s_quantiles)
        {
            long expected = sorted[Math.Max(1, (int)Math.Ceiling((decimal)quantile * sorted.Length)) - 1];
            Assert.InRange(Histograms.ValueAt(histogram, quantile), expected, expected + (expected / 1000));
        }
    }

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 200)]
    public void Interpolated_quantile_is_monotonic_and_within_range(Sample sample)
    {
        LongHistogram histogram = Fill(sample.Ticks);
        double[] quantiles = [.. s_quantiles.Order().Select(quantile => RecordedCalls.Of(histogram).Interpolated(quantile))];

        Assert.Equal(quantiles.Order(), quantiles);
        Assert.All(quantiles, ticks => Assert.InRange(ticks, sample.Ticks.Min() * 0.999, (sample.Ticks.Max() * 1.001) + 1));
    }

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 100)]
    public void Merged_calls_have_the_quantiles_of_all_calls(Sample first, Sample second)
    {
        var merged = RecordedCalls.Merge([RecordedCalls.Of(Fill(first.Ticks)), RecordedCalls.Of(Fill(second.Ticks))]);
        var all = RecordedCalls.Of(Fill([.. first.Ticks, .. second.Ticks]));

        Assert.Equal(all.Count, merged.Count);
        Assert.Equal(s_quantiles.Select(all.ValueAt), s_quantiles.Select(merged.ValueAt));
        Assert.Equal(s_quantiles.Select(all.Interpolated), s_quantiles.Select(merged.Interpolated));
    }

    [Fact]
    public void Interpolated_median_moves_when_clock_is_coarse()
    {
        // The clock's step is 10 ns, so both medians are 140 by nearest rank.
        double less = RecordedCalls.Of(Fill([.. Enumerable.Repeat(130L, 450), .. Enumerable.Repeat(140L, 550)])).Interpolated(0.5);
        double more = RecordedCalls.Of(Fill([.. Enumerable.Repeat(130L, 300), .. Enumerable.Repeat(140L, 700)])).Interpolated(0.5);

        Assert.Equal(135.5, less, 6);
        Assert.Equal(137, more, 6);
    }

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 100)]
    public void ShareAbove_is_share_of_calls(Sample sample)
    {
        long median = sample.Ticks.Order().ElementAt(sample.Ticks.Count / 2);
        // 0.2 % above the median: more than the histogram's precision.
        long limit = median + (median / 500) + 1;

        double share = RecordedCalls.Of(Fill(sample.Ticks)).ShareAbove(limit);

        Assert.InRange(share, ExactShareAbove(limit * 1.001), ExactShareAbove(limit * 0.999));

        double ExactShareAbove(double time) => sample.Ticks.Count(ticks => ticks > time) / (double)sample.Ticks.Count;
    }

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 50)]
    public void Decode_returns_the_encoded_counts(Sample sample)
    {
        LongHistogram histogram = Fill(sample.Ticks);

        Assert.Equal(Counts(histogram), Counts(Histograms.Decode(Histograms.Encode(histogram))));
    }

    [Property(Arbitrary = [typeof(Samples)], MaxTest = 50)]
    public void Sum_of_decoded_histograms_equals_histogram_of_both_samples(Sample one, Sample other)
    {
        HistogramBase merged = Histograms.Decode(Histograms.Encode(Fill(one.Ticks)));
        merged.Add(Histograms.Decode(Histograms.Encode(Fill(other.Ticks))));

        Assert.Equal(Histograms.Encode(Fill([.. one.Ticks, .. other.Ticks])), Histograms.Encode(merged));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not base64")]
    [InlineData("AAAA")]
    [InlineData("HISTFAAAAAB4nAMAAAAAAQ==")]
    [InlineData("HISTFH////94nAMAAAAAAQ==")]
    [InlineData("HISTFP////94nAMAAAAAAQ==")]
    public void Text_without_histogram_throws_FormatException(string text) =>
        Assert.Throws<FormatException>(() => Histograms.Decode(text));

    [Property(MaxTest = 200)]
    public void Random_bytes_throw_FormatException(byte[] bytes) =>
        Assert.Throws<FormatException>(() => Histograms.Decode(Convert.ToBase64String(bytes)));

    [Fact]
    public void Truncated_histogram_is_never_read_as_complete()
    {
        byte[] whole = Convert.FromBase64String(Histograms.Encode(Fill([.. Enumerable.Range(1, 1000).Select(i => i * 7919L)])));

        // The last 8 bytes are left out of the test: they are a checksum, which the decoder does not read.
        for (int length = 0; length < whole.Length - 8; length += 7)
        {
            string cut = Convert.ToBase64String(whole.AsSpan(0, length));
            try
            {
                Assert.NotEqual(1000, Histograms.Decode(cut).TotalCount);
            }
            catch (FormatException)
            {
                // Throwing is correct too.
            }
        }
    }

    [Fact]
    public void Empty_histogram_has_no_quantile() =>
        Assert.Throws<InvalidOperationException>(() => Histograms.ValueAt(Histograms.Create(Frequency), 0.5));

    [Theory]
    [InlineData(0.5, 20)]
    [InlineData(0.9, 100)]
    [InlineData(0.95, 200)]
    [InlineData(0.99, 1_000)]
    [InlineData(0.999, 10_000)]
    public void Quantile_needs_ten_calls_beyond_it(double quantile, long calls) =>
        Assert.Equal(calls, Histograms.MinCalls(quantile));

    [Theory]
    [InlineData(1_000_000_000, 60_000_000_000)]
    [InlineData(10_000_000, 600_000_000)]
    public void Histogram_records_a_minute_of_any_clock(long frequency, long ticks)
    {
        LongHistogram histogram = Histograms.Create(frequency);
        histogram.RecordValue(Histograms.CeilingTicks(frequency));

        Assert.Equal(ticks, Histograms.CeilingTicks(frequency));
        Assert.Equal(1, histogram.TotalCount);
    }

    private static LongHistogram Fill(IEnumerable<long> ticks)
    {
        LongHistogram histogram = Histograms.Create(Frequency);
        foreach (long one in ticks)
        {
            histogram.RecordValue(one);
        }

        return histogram;
    }

    private static IEnumerable<(long Ticks, long Calls)> Counts(HistogramBase histogram) =>
        [.. histogram.RecordedValues().Select(bucket => (bucket.ValueIteratedTo, bucket.CountAddedInThisIterationStep))];
}

/// <summary>The times of calls, in ticks, with distributions that break wrong quantiles.</summary>
public sealed record Sample(IReadOnlyList<long> Ticks)
{
    public override string ToString() => $"{Ticks.Count} calls: {string.Join(", ", Ticks.Take(50))}";
}

public static class Samples
{
    // Sizes at, just below and just above a step of a quantile's rank.
    private static readonly int[] s_sizes = [1, 2, 3, 19, 20, 21, 99, 100, 101, 199, 200, 201, 999, 1000, 1001, 1999, 2000, 2001];

    private static readonly Gen<long> s_anyTicks =
        from exponent in Gen.Choose(0, 35)
        from fraction in Gen.Choose(0, 1_000_000)
        select Math.Min(60_000_000_000, (1L << exponent) + ((1L << exponent) * fraction / 1_000_000));

    public static Arbitrary<Sample> Sample() => Arb.From(
        from size in Gen.OneOf(Gen.Elements(s_sizes), Gen.Choose(1, 2500))
        from ticks in Gen.OneOf(Constant(size), TwoPoints(size), Gen.ArrayOf(s_anyTicks, size), OneToN(size), HeavyTail(size))
        select new Sample(ticks));

    private static Gen<long[]> Constant(int size) => s_anyTicks.Select(ticks => Enumerable.Repeat(ticks, size).ToArray());

    private static Gen<long[]> OneToN(int size) => Gen.Shuffle(Enumerable.Range(1, size).Select(i => (long)i));

    private static Gen<long[]> TwoPoints(int size) =>
        from low in s_anyTicks
        from high in s_anyTicks
        from lows in Gen.Choose(0, size)
        select Enumerable.Repeat(low, lows).Concat(Enumerable.Repeat(high, size - lows)).ToArray();

    private static Gen<long[]> HeavyTail(int size) =>
        Gen.ArrayOf(Gen.Choose(1, 10_000).Select(i => Math.Min(60_000_000_000, (long)(2_000 * Math.Pow(10_000.0 / i, 1.7)))), size);
}
