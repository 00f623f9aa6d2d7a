using System.Globalization;
using System.Text;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting;

/// <summary>
/// HdrHistogram's percentile distributions (.hgrm), in ms: one a case, of the calls of all its launches together. The
/// project's plotter reads them.
/// </summary>
internal static class PercentileDistributions
{
    private const string Extension = ".hgrm";

    // The package's default, and what plots are usually made with.
    private const int TicksPerHalfDistance = 5;

    /// <summary>The files' contents by name, in report order. A case that no launch measured has none.</summary>
    /// <exception cref="UnusableInputException">The launches' clocks differ: their ticks cannot be added.</exception>
    public static IReadOnlyDictionary<string, byte[]> Of(RunReport report)
    {
        long[] frequencies = [.. report.Launches.Select(launch => launch.Clock?.Frequency).OfType<long>().Distinct()];
        if (frequencies.Length > 1)
        {
            throw new UnusableInputException(FormattableString.Invariant(
                $"The launches' clocks tick {string.Join(" and ", frequencies)} times a second: --hgrm merges only launches of one clock."));
        }

        IReadOnlyDictionary<CaseId, string> names = Names(report);
        return report.Cases.Where(one => names.ContainsKey(one.Id))
            .ToDictionary(one => names[one.Id], one => Encoding.UTF8.GetBytes(Text(one, ticksPerMs: frequencies[0] / 1e3)));
    }

    /// <summary>The files' names by case. A case that no launch measured has none.</summary>
    public static IReadOnlyDictionary<CaseId, string> Names(RunReport report)
    {
        // No two names that a file system takes for the same.
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var names = new Dictionary<CaseId, string>();
        foreach (CaseId id in report.Cases.Where(one => one.Passes.Count > 0).Select(one => one.Id))
        {
            string stem = Stem(id);
            string name = stem;
            for (int again = 2; !taken.Add(name); again++)
            {
                name = FormattableString.Invariant($"{stem}-{again}");
            }

            names.Add(id, name + Extension);
        }

        return names;
    }

    private static string Stem(CaseId id) => string.Concat(
        $"{id.Method}_{id.Function}_{id.Payload}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' ? c : '-'));

    private static string Text(CaseReport one, double ticksPerMs)
    {
        LongHistogram merged = Histograms.Merge([.. one.Passes.Select(pass => Histograms.Decode(pass.Histogram))]);
        using var text = new StringWriter(new MsToTheNs(merged.NumberOfSignificantValueDigits));
        merged.OutputPercentileDistribution(text, TicksPerHalfDistance, ticksPerMs);
        return text.ToString();
    }

    /// <summary>
    /// The invariant culture, with ms to the ns. The package prints as many decimals as a histogram has significant
    /// digits, here 3: of a ms, that would be 0.000 for the calls of direct.
    /// </summary>
    private sealed class MsToTheNs(int significantDigits) : IFormatProvider, ICustomFormatter
    {
        private readonly string _valueFormat = FormattableString.Invariant($"F{significantDigits}");

        public object? GetFormat(Type? formatType) =>
            formatType == typeof(ICustomFormatter) ? this : CultureInfo.InvariantCulture.GetFormat(formatType);

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg is IFormattable value
            ? value.ToString(format == _valueFormat ? "F6" : format, CultureInfo.InvariantCulture)
            : arg?.ToString() ?? "";
    }
}
