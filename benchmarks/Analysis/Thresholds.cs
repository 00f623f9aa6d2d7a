using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Direct;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>The quantiles that a threshold can limit.</summary>
internal enum LimitedQuantile
{
    P50,
    P95,
    P99,
}

/// <summary>One limit of the user's on the overhead against direct.</summary>
/// <param name="Text">As given.</param>
/// <param name="Cases">The cases that it holds for.</param>
/// <param name="Quantile">Which quantile it limits.</param>
/// <param name="LimitNs">The overhead has to be under this, in ns.</param>
internal sealed record Threshold(string Text, CasePattern Cases, LimitedQuantile Quantile, double LimitNs)
{
    /// <summary>How a threshold is written, for help and errors.</summary>
    public const string Form = "[CASES:]p50|p95|p99=DURATION, like p50=1ms or service-binding/*/1KB:p99=500us";

    private static readonly Dictionary<string, double> s_unitsNs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ns"] = 1,
        ["us"] = 1e3,
        ["µs"] = 1e3,
        ["ms"] = 1e6,
        ["s"] = 1e9,
    };

    /// <summary>Reads a threshold.</summary>
    /// <exception cref="UnusableInputException">The text is none.</exception>
    public static Threshold Parse(string text)
    {
        int colon = text.LastIndexOf(':');
        string[] limit = text[(colon + 1)..].Split('=');
        return limit.Length == 2
            // By name alone: the parser of enumerations would take numbers and lists too.
            && Enum.GetNames<LimitedQuantile>().Contains(limit[0], StringComparer.OrdinalIgnoreCase)
            && Enum.TryParse(limit[0], ignoreCase: true, out LimitedQuantile quantile)
            && ParseDuration(limit[1]) is { } limitNs
            && colon != 0
            ? new Threshold(text, new CasePattern(colon < 0 ? "*" : text[..colon]), quantile, limitNs)
            : throw new UnusableInputException($"--threshold '{text}': expected {Form}.");
    }

    private static double? ParseDuration(string text)
    {
        string unit = text.TrimStart([.. "0123456789."]);
        return s_unitsNs.TryGetValue(unit, out double ns)
            && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
            && value > 0 && double.IsFinite(value * ns)
            ? value * ns
            : null;
    }
}

/// <summary>The limits on the overhead of a call, and what follows from them: the one place of thresholds and verdicts.</summary>
internal sealed class Thresholds
{
    /// <summary>The limits where the user gives none: p50 and p99 from the project's brief, p95 from its spike.</summary>
    public static readonly IReadOnlyDictionary<LimitedQuantile, double> DefaultLimitsNs = new Dictionary<LimitedQuantile, double>
    {
        [LimitedQuantile.P50] = 1e6,
        [LimitedQuantile.P95] = 3e6,
        [LimitedQuantile.P99] = 5e6,
    };

    private readonly IReadOnlyList<Threshold> _given;

    public Thresholds(IEnumerable<string> given) => _given = [.. given.Select(Threshold.Parse)];

    /// <summary>The limits as a person reads them: the default ones, and whether the user's stand before them.</summary>
    public string Words
    {
        get
        {
            string limits = string.Join(", ", DefaultLimitsNs.Select(limit => $"{limit.Key.ToString().ToLowerInvariant()} < {Format.Duration(limit.Value)}"));
            return _given.Count == 0 ? limits : $"the given thresholds, else {limits}";
        }
    }

    /// <summary>Requires that each threshold of the user's holds for a case that delegates.</summary>
    /// <exception cref="UnusableInputException">One matches none.</exception>
    public void RequireMatches(IEnumerable<CaseId> delegating)
    {
        CaseId[] cases = [.. delegating];
        foreach (Threshold threshold in _given.Where(threshold => !cases.Any(id => Holds(threshold, id))))
        {
            throw new UnusableInputException(
                $"--threshold '{threshold.Text}' matches no case that delegates. Selected: {string.Join(", ", cases.Select(id => id.ToString()).Take(12))}{(cases.Length > 12 ? ", …" : "")}.");
        }
    }

    /// <summary>Whether the user gave a limit for a case.</summary>
    public bool AreGivenFor(CaseId id) => _given.Any(threshold => Holds(threshold, id));

    /// <summary>Whether the user gave a limit for a case by a pattern that is not for every method: one that leaves direct's case out.</summary>
    public bool Name(CaseId id) => _given.Any(threshold => Holds(threshold, id) && !Holds(threshold, id.By(DirectBinding.BaselineId)));

    /// <summary>A case's limits, in ns: the user's last one that holds for it, else the default.</summary>
    public IReadOnlyDictionary<LimitedQuantile, double> LimitsNs(CaseId id)
    {
        var limits = new Dictionary<LimitedQuantile, double>(DefaultLimitsNs);
        foreach (Threshold threshold in _given.Where(threshold => Holds(threshold, id)))
        {
            limits[threshold.Quantile] = threshold.LimitNs;
        }

        return limits;
    }

    private static bool Holds(Threshold threshold, CaseId id) => threshold.Cases.Matches(id.ToString());
}
