using System.Globalization;
using System.Text;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>
/// Writes percentile distributions in HdrHistogram's format (.hgrm), in ms. Each case has one file, over the calls of all its launches.
/// The plotter of the HdrHistogram project reads these files.
/// </summary>
internal static class PercentileDistributions
{
    private const string Extension = ".hgrm";

    // HdrHistogram's own writers use 5 by default.
    private const int TicksPerHalfDistance = 5;

    /// <summary>
    /// The contents of the files in report order; the key is the file's name. A case that no launch measured has no file.
    /// </summary>
    /// <exception cref="UnusableInputException">The launches' clocks differ, so their ticks cannot be added.</exception>
    public static IReadOnlyDictionary<string, byte[]> Of(RunReport report)
    {
        long[] frequencies = [.. report.Launches.Select(launch => launch.Clock?.Frequency).OfType<long>().Distinct()];
        if (frequencies.Length > 1)
        {
            throw new UnusableInputException($"The launches' clocks tick {string.Join(" and ", frequencies)} times a second: "
                + "--hgrm merges only launches of one clock.");
        }

        IReadOnlyDictionary<CaseId, string> names = Names(report);
        return report.Cases.Where(one => names.ContainsKey(one.Id))
            .ToDictionary(one => names[one.Id], one => Encoding.UTF8.GetBytes(Write(one, ticksPerMs: frequencies[0] / 1e3)));
    }

    /// <summary>The names of the files; the key is the case. A case that no launch measured has no file.</summary>
    public static IReadOnlyDictionary<CaseId, string> Names(RunReport report)
    {
        // Some file systems ignore case, so no two names may differ in case alone.
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

    private static string Write(CaseReport one, double ticksPerMs)
    {
        LongHistogram merged = Histograms.Merge([.. one.Passes.Select(pass => Histograms.Decode(pass.Histogram))]);
        using var text = new StringWriter(new SixDecimals(merged.NumberOfSignificantValueDigits));
        merged.OutputPercentileDistribution(text, TicksPerHalfDistance, ticksPerMs);
        return text.ToString();
    }

    /// <summary>
    /// Formats numbers in the invariant culture, and times in ms with six decimals. The HdrHistogram package would use three decimals, so
    /// the calls of the method "direct" would show as 0.000 ms.
    /// </summary>
    private sealed class SixDecimals(int significantDigits) : IFormatProvider, ICustomFormatter
    {
        private readonly string _valueFormat = FormattableString.Invariant($"F{significantDigits}");

        public object? GetFormat(Type? formatType) =>
            formatType == typeof(ICustomFormatter) ? this : CultureInfo.InvariantCulture.GetFormat(formatType);

        public string Format(string? format, object? arg, IFormatProvider? formatProvider) => arg is IFormattable value
            ? value.ToString(format == _valueFormat ? "F6" : format, CultureInfo.InvariantCulture)
            : arg?.ToString() ?? "";
    }
}
