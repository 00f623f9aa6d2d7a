using System.Globalization;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Formats figures for people, with three significant digits and a unit that fits the size.</summary>
internal static class Format
{
    private static readonly (double Ns, string Unit)[] s_timeUnits = [(1e9, "s"), (1e6, "ms"), (1e3, "µs"), (1, "ns")];
    private static readonly (double Bytes, string Unit)[] s_byteUnits = [(1e6, "MB"), (1e3, "KB"), (1, "B")];
    private static readonly (double Count, string Unit)[] s_rateUnits = [(1e6, "M/s"), (1e3, "k/s"), (1, "/s")];
    private static readonly (double Size, string Unit)[] s_noUnit = [(1, "")];

    /// <summary>Formats a time in ns: <c>11.8 µs</c>. The time may be below 0.</summary>
    public static string Duration(double ns) => WithUnit(ns, s_timeUnits);

    /// <summary>Formats the duration of a call in ns. A call of 0 ns was shorter than a step of its clock.</summary>
    public static string CallDuration(double ns) => ns > 0 ? Duration(ns) : "under a clock step";

    /// <summary>Formats a number of bytes: <c>12.3 KB</c>.</summary>
    public static string Bytes(double bytes) => WithUnit(bytes, s_byteUnits);

    /// <summary>Formats a number per second: <c>118 k/s</c>.</summary>
    public static string Rate(double perSecond) => WithUnit(perSecond, s_rateUnits);

    /// <summary>
    /// Formats a time in ns and its range in one unit: <c>11.8 µs [10.6 – 15.7]</c>. If the range is null, formats only the time.
    /// </summary>
    public static string Duration(double ns, double? low, double? high) => WithRange(ns, low, high, s_timeUnits);

    /// <summary>Formats a number of bytes and its range in one unit: <c>12.3 KB [8.10 – 20.4]</c>.</summary>
    public static string Bytes(double bytes, double? low, double? high) => WithRange(bytes, low, high, s_byteUnits);

    /// <summary>Formats a number per second and its range in one unit: <c>118 k/s [106 – 157]</c>.</summary>
    public static string Rate(double perSecond, double? low, double? high) => WithRange(perSecond, low, high, s_rateUnits);

    /// <summary>Formats a ratio and its range: <c>1.18 [1.06 – 1.57]</c>.</summary>
    public static string Ratio(double ratio, double? low, double? high) => WithRange(ratio, low, high, s_noUnit);

    /// <summary>Formats a share in percent. The share 0.123 with the format <c>0.0</c> becomes <c>12.3 %</c>.</summary>
    /// <param name="share">The share; 1 is 100 %.</param>
    /// <param name="digits">The number format of the percentage, such as <c>0.0</c>.</param>
    public static string Percent(double share, string digits) => (100 * share).ToString(digits, CultureInfo.InvariantCulture) + " %";

    /// <summary>Formats a number with three significant digits and at most three decimals: <c>0.012</c>.</summary>
    public static string Significant(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        int decimals = Math.Clamp(2 - (int)Math.Floor(Math.Log10(Math.Abs(value))), 0, 3);
        return value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    private static string WithRange(double value, double? low, double? high, (double Size, string Unit)[] units)
    {
        double size = UnitOf(value, units).Size;
        return low is { } from && high is { } to
            ? $"{WithUnit(value, units)} [{Significant(from / size)} – {Significant(to / size)}]"
            : WithUnit(value, units);
    }

    private static string WithUnit(double value, (double Size, string Unit)[] units)
    {
        (double size, string unit) = UnitOf(value, units);
        return $"{Significant(value / size)} {unit}".TrimEnd();
    }

    // Chooses the unit for a value after it is rounded: 999.9 ns becomes 1.00 µs, not 1000 ns.
    private static (double Size, string Unit) UnitOf(double value, (double Size, string Unit)[] units)
    {
        double rounded = double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return units.FirstOrDefault(unit => Math.Abs(rounded) >= unit.Size, units[^1]);
    }
}
