using System.Collections;
using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>
/// Environment variables that change the collector, the size of the heap or tiered compilation. Launches inherit them, and would
/// then measure other workers than those of the projects. So a run refuses these variables before it starts.
/// </summary>
internal static class RuntimeVariables
{
    // .NET also reads the prefix of versions before .NET 6.
    private static readonly string[] s_prefixes = ["DOTNET_", "COMPlus_"];

    // The variables, with the value that changes nothing. .NET reads all values as hexadecimal numbers.
    private static readonly Dictionary<string, long> s_unchanged = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gcServer"] = 0,
        ["gcConcurrent"] = 1,
        ["GCGen0MaxBudget"] = 0,
        ["TieredCompilation"] = 1,
        ["TieredPGO"] = 1,
        ["TC_QuickJit"] = 1,
        ["TC_QuickJitForLoops"] = 1,
        ["TC_OnStackReplacement"] = 1,
        ["ReadyToRun"] = 1,
    };

    // Other variables that begin so are refused with every value except 0 for a limit of the heap, which means no limit.
    private const string HeapLimits = "GCHeapHardLimit";
    private static readonly string[] s_tiers = ["TC_", "TieredPGO_", "OSR_"];

    /// <summary>The variables of this process that a run refuses, as <c>NAME=VALUE</c>.</summary>
    public static IReadOnlyList<string> Refused => RefusedOf(Environment.GetEnvironmentVariables());

    /// <summary>The variables of an environment that a run refuses, as <c>NAME=VALUE</c>, in the order of their names.</summary>
    public static IReadOnlyList<string> RefusedOf(IDictionary environment) =>
    [
        .. environment.Keys.Cast<string>()
            .Select(name => (Name: name, Value: (string?)environment[name] ?? ""))
            .Where(variable => s_prefixes.Any(prefix =>
                variable.Name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
                && ChangesWorkers(variable.Name[prefix.Length..], variable.Value)))
            .Select(variable => $"{variable.Name}={variable.Value}")
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Throws if a variable is set that a run refuses.</summary>
    /// <exception cref="UnusableInputException">A variable is set. The message names it and says how to remove it.</exception>
    public static void RequireNone() => RequireNone(Refused);

    /// <summary>Throws if the list of refused variables, as <c>NAME=VALUE</c>, is not empty.</summary>
    /// <exception cref="UnusableInputException">The list is not empty.</exception>
    public static void RequireNone(IReadOnlyList<string> refused)
    {
        if (refused.Count > 0)
        {
            string names = string.Join(' ', refused.Select(variable => variable.Split('=')[0]));
            throw new UnusableInputException(
                $"{string.Join(", ", refused)}: set in the environment, and every launch would inherit it: its collector or compiler would "
                + $"not be that of the workers. Remove it first: unset {names}");
        }
    }

    private static bool ChangesWorkers(string name, string value)
    {
        bool isLimit = name.StartsWith(HeapLimits, StringComparison.OrdinalIgnoreCase);
        bool isKnown = s_unchanged.TryGetValue(name, out long unchanged) || isLimit;
        // .NET ignores a variable without a value.
        return value.Length > 0
            && (isKnown || s_tiers.Any(start => name.StartsWith(start, StringComparison.OrdinalIgnoreCase)))
            && !(isKnown && Number(value) == unchanged);
    }

    private static long? Number(string value)
    {
        string digits = value.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? value[2..] : value;
        return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out long number) ? number : null;
    }
}
