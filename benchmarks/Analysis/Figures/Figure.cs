using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// The median of the launches' figures, and their range. For L launches, the range holds the median of all possible launches with
/// probability 1 − 2^(1−L), whatever their distribution is.
/// </summary>
public sealed record Figure
{
    /// <summary>With at least this many launches, a verdict uses the range without widening (96.9 % confidence).</summary>
    public const int LaunchesForRange = 6;

    // Measured launches of one program differed by about this factor.
    private const double Widening = 1.5;

    private Figure(double? value, double? low, double? high, int launches, string? withheld)
    {
        (Value, Low, High, Launches, Withheld) = (value, low, high, launches, withheld);
    }

    /// <summary>The median of the launches' figures; null where it is unknown.</summary>
    public double? Value { get; }

    /// <summary>The lowest of the launches' figures; null for fewer than two launches.</summary>
    public double? Low { get; }

    /// <summary>The highest of the launches' figures; null for fewer than two launches.</summary>
    public double? High { get; }

    /// <summary>The number of launches that measured the figure.</summary>
    public int Launches { get; }

    /// <summary>Why there is no value; null where there is one.</summary>
    public string? Withheld { get; }

    private double? FloorNs { get; init; }

    /// <summary>The probability, from 0 to 1, that the range of this many launches holds the median.</summary>
    public static double Confidence(int launches) => 1 - Math.Pow(2, 1 - launches);

    /// <summary>An unknown figure.</summary>
    /// <param name="why">The reason, as tables show it.</param>
    public static Figure Unknown(string why) => new(null, null, null, 0, why);

    /// <summary>A time or difference that the clock cannot resolve. Its magnitude is less than the floor.</summary>
    /// <param name="floorNs">The clock's floor, in ns.</param>
    public static Figure Below(double floorNs) => Unknown($"< {Format.Duration(floorNs)}, the clock's floor") with { FloorNs = floorNs };

    /// <summary>This figure; or <see cref="Below"/> if its magnitude is less than the clock's floor.</summary>
    /// <param name="floorNs">The clock's floor, in ns; null if there is none.</param>
    public Figure WithFloor(double? floorNs) => Value is { } value && Math.Abs(value) < floorNs ? Below(floorNs.Value) : this;

    /// <summary>Computes the median and the range of launches.</summary>
    /// <param name="perLaunch">The figure of each launch; not empty.</param>
    public static Figure Of(IEnumerable<double> perLaunch)
    {
        double[] sorted = [.. perLaunch.Order()];
        double median = Medians.Middle(sorted);
        return sorted.Length == 1
            ? new Figure(median, null, null, 1, null)
            : new Figure(median, sorted[0], sorted[^1], sorted.Length, null);
    }

    /// <summary>
    /// The interval that a verdict uses; null if the figure is unknown. With <see cref="LaunchesForRange"/> launches or more: their
    /// range. With fewer launches: the range with each end moved outwards by a factor of 1.5. Below the clock's floor: ± the floor.
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
