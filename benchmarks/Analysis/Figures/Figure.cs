using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// The median of the launches' figures, and their range. The range contains the median of further launches of the same minutes with
/// probability 1 − 2^(1−L), if the L launches are independent. They are not quite: they share the state of the machine. So a verdict uses
/// a wider interval, <see cref="Judged"/>.
/// </summary>
public sealed record Figure
{
    private Figure(double? value, double? low, double? high, int launches, string? withheld)
    {
        (Value, Low, High, Launches, Withheld) = (value, low, high, launches, withheld);
    }

    /// <summary>The median of the launches' figures. Null if the figure is unknown.</summary>
    public double? Value { get; }

    /// <summary>The lowest of the launches' figures. Null if there are fewer than two launches.</summary>
    public double? Low { get; }

    /// <summary>The highest of the launches' figures. Null if there are fewer than two launches.</summary>
    public double? High { get; }

    /// <summary>The number of launches that measured the figure.</summary>
    public int Launches { get; }

    /// <summary>Why the figure is unknown. Null if the figure is known.</summary>
    public string? Withheld { get; }

    private double? FloorNs { get; init; }

    private Widening Widening { get; init; } = Widening.Default;

    /// <summary>Creates an unknown figure.</summary>
    /// <param name="why">The reason, as tables show it.</param>
    public static Figure Unknown(string why) => new(null, null, null, 0, why);

    /// <summary>
    /// Creates a figure for a time or difference that is too short for the clock. Only its limit is known: less than the shortest
    /// measurable time.
    /// </summary>
    /// <param name="floorNs">The shortest time that the clock can measure, in ns.</param>
    public static Figure Below(double floorNs) => Unknown($"< {Format.Duration(floorNs)}, the clock's floor") with { FloorNs = floorNs };

    /// <summary>
    /// Returns this figure, or <see cref="Below"/> if its magnitude is less than the shortest time that the clock can measure.
    /// </summary>
    /// <param name="floorNs">The shortest time that the clock can measure, in ns; null if it is unknown.</param>
    public Figure WithFloor(double? floorNs) => Value is { } value && Math.Abs(value) < floorNs ? Below(floorNs.Value) : this;

    /// <summary>Computes the median and the range of the launches' figures.</summary>
    /// <param name="perLaunch">The figures, one for each launch; at least one.</param>
    public static Figure Of(IEnumerable<double> perLaunch)
    {
        double[] sorted = [.. perLaunch.Order()];
        double median = Medians.Middle(sorted);
        return sorted.Length == 1
            ? new Figure(median, null, null, 1, null)
            : new Figure(median, sorted[0], sorted[^1], sorted.Length, null);
    }

    /// <summary>Creates a figure with an interval that is not the launches' range, such as the interval of a t-test.</summary>
    /// <param name="value">The estimate.</param>
    /// <param name="low">The lower end of the interval.</param>
    /// <param name="high">The upper end of the interval.</param>
    /// <param name="launches">The number of launches that measured the figure.</param>
    public static Figure Estimated(double value, double low, double high, int launches) => new(value, low, high, launches, null);

    /// <summary>Computes the median and the range of the launches' figures, and says how a verdict widens the range.</summary>
    internal static Figure Of(IEnumerable<double> perLaunch, Widening widening) => Of(perLaunch) with { Widening = widening };

    /// <summary>
    /// The interval that a verdict compares with a limit. Null if the figure is unknown. It is the range with both ends moved outwards as
    /// <see cref="Analysis.Figures.Widening"/> says. For a time too short for the clock, it is ± the shortest measurable time.
    /// </summary>
    public (double Low, double High)? Judged()
    {
        if (Value is not { } value)
        {
            return FloorNs is { } floorNs ? (-floorNs, floorNs) : null;
        }

        return Widening.Apply(Low ?? value, High ?? value, Launches);
    }
}
