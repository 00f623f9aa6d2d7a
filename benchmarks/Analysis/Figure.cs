using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>
/// A figure of a case: the median of its launches' figures, and their range. For L launches the range holds the
/// median of all launches with probability 1 − 2^(1−L), whatever their distribution is.
/// </summary>
public sealed record Figure
{
    /// <summary>The least launches of which the range alone is taken as the interval (96.9 %).</summary>
    public const int LaunchesForRange = 6;

    // Launches of one program were seen to differ by about this factor.
    private const double Widening = 1.5;

    private Figure(double? value, double? low, double? high, int launches, string? withheld)
    {
        (Value, Low, High, Launches, Withheld) = (value, low, high, launches, withheld);
    }

    /// <summary>The median of the launches' figures; null where it is not known.</summary>
    public double? Value { get; }

    /// <summary>The least of the launches' figures; null for fewer than two launches.</summary>
    public double? Low { get; }

    /// <summary>The greatest of the launches' figures; null for fewer than two launches.</summary>
    public double? High { get; }

    /// <summary>The launches that it was measured in.</summary>
    public int Launches { get; }

    /// <summary>Why there is no value; null where there is one.</summary>
    public string? Withheld { get; }

    private double? FloorNs { get; init; }

    /// <summary>The confidence, from 0 to 1, with which the range of this many launches holds their median.</summary>
    public static double Confidence(int launches) => 1 - Math.Pow(2, 1 - launches);

    /// <summary>A figure that is not known.</summary>
    /// <param name="why">Why, in words that stand in the cell.</param>
    public static Figure Unknown(string why) => new(null, null, null, 0, why);

    /// <summary>A time or difference that is lost in what the clock cannot tell: only that it is less than that, either way, is known.</summary>
    /// <param name="floorNs">The clock's floor, in ns.</param>
    public static Figure Below(double floorNs) => Unknown($"< {Format.Duration(floorNs)}, the clock's floor") with { FloorNs = floorNs };

    /// <summary>The figure over launches.</summary>
    /// <param name="perLaunch">One figure a launch; not empty.</param>
    public static Figure Of(IEnumerable<double> perLaunch)
    {
        double[] sorted = [.. perLaunch.Order()];
        double median = (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
        return sorted.Length == 1
            ? new Figure(median, null, null, 1, null)
            : new Figure(median, sorted[0], sorted[^1], sorted.Length, null);
    }

    /// <summary>
    /// The interval that a verdict takes: the range of at least <see cref="LaunchesForRange"/> launches; of fewer, the
    /// range widened by half on either side (÷ 1.5, × 1.5, away from each end). Of a figure below the clock's floor, from
    /// less than nothing to the floor. Null where the figure is not known.
    /// </summary>
    public (double Low, double High)? Judged()
    {
        if (Value is not { } value)
        {
            return FloorNs is { } floorNs ? (-floorNs, floorNs) : null;
        }

        (double low, double high) = (Low ?? value, High ?? value);
        return Launches >= LaunchesForRange
            ? (low, high)
            : (low > 0 ? low / Widening : low * Widening, high > 0 ? high * Widening : high / Widening);
    }
}
