using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>A limit that the user sets on the overhead of some cases, compared with the method "direct".</summary>
/// <param name="Text">The text of the option.</param>
/// <param name="Cases">The pattern of the cases that the limit applies to.</param>
/// <param name="Quantile">The quantile that the limit applies to.</param>
/// <param name="LimitNs">The limit, in ns. The overhead has to be less than this.</param>
internal sealed record Threshold(string Text, CasePattern Cases, Quantile Quantile, double LimitNs)
{
    // The units of durations, from the greatest to the smallest, with their length in ns.
    private static readonly (string Name, double Ns)[] s_units = [("s", 1e9), ("ms", 1e6), ("us", 1e3), ("µs", 1e3), ("ns", 1)];

    /// <summary>The units of durations.</summary>
    public static string Units { get; } = string.Join(", ", s_units.Select(unit => unit.Name));

    /// <summary>The syntax of a threshold, for the help text: <c>[CASES:]p50|p95=DURATION</c>.</summary>
    public static string Syntax { get; } = $"[CASES:]{string.Join('|', Quantile.Limitable.Select(quantile => quantile.Label))}=DURATION";

    /// <summary>The syntax of a threshold and examples, for error messages.</summary>
    public static string Form { get; } =
        $"{Syntax}, like p50=1ms or service-binding/*/1KB:p99=500us; DURATION is a number above 0 with one of the units "
        + Units;

    /// <summary>The default limits, written like thresholds of the user: <c>p50=1ms, p95=3ms</c>.</summary>
    public static string Defaults { get; } = string.Join(", ", Quantile.Limited.Select(quantile =>
    {
        (string unit, double unitNs) = s_units.First(unit => quantile.DefaultLimitNs >= unit.Ns);
        return string.Create(CultureInfo.InvariantCulture, $"{quantile.Name}={quantile.DefaultLimitNs / unitNs}{unit}");
    }));

    /// <summary>Parses the text of a threshold option.</summary>
    /// <exception cref="UnusableInputException">The text is not a threshold.</exception>
    public static Threshold Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string[] limit = text[(colon + 1)..].Split('=');
        return limit.Length == 2
            && Quantile.Limitable.FirstOrDefault(one => one.Label.Equals(limit[0], StringComparison.OrdinalIgnoreCase)) is { } quantile
            && ParseDuration(limit[1]) is { } limitNs
            && colon != 0
            ? new Threshold(text, new CasePattern(colon < 0 ? "*" : text[..colon]), quantile, limitNs)
            : throw new UnusableInputException($"--threshold '{text}': expected {Form}.");
    }

    /// <summary>Whether this limit applies to a case.</summary>
    public bool Holds(CaseId id) => Cases.Matches(id.ToString());

    private static double? ParseDuration(string text)
    {
        string given = text.TrimStart([.. "0123456789."]);
        double unitNs = s_units.FirstOrDefault(unit => unit.Name.Equals(given, StringComparison.OrdinalIgnoreCase)).Ns;
        string number = text[..^given.Length];
        return unitNs > 0
            && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value > 0 && double.IsFinite(value * unitNs)
            ? value * unitNs
            : null;
    }
}
