using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Measurement;
using WorkerRpc.Benchmarks.Reports;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.SelfTest;

/// <summary>One thing that was checked: what the truth is, what the report says.</summary>
/// <param name="What">Its name in the table.</param>
/// <param name="Truth">The truth.</param>
/// <param name="Reported">What was read back; null where the report does not know it.</param>
/// <param name="Tolerance">How far they may differ, as a share of the truth.</param>
internal sealed record Finding(string What, double Truth, double? Reported, double Tolerance)
{
    /// <summary>How far the report is off, as a share of the truth.</summary>
    public double Error => Reported is { } reported ? Truth == 0 ? (reported == 0 ? 0 : double.PositiveInfinity) : (reported / Truth) - 1 : double.PositiveInfinity;

    public bool Holds => Math.Abs(Error) <= Tolerance;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{What} {Error * 100:+0.00;-0.00;0} %");
}

/// <summary>Holds a report, read back from its files, against what its bindings know.</summary>
internal static class TruthCheck
{
    private const double Tolerance = 0.02;

    /// <param name="folder">The report's.</param>
    /// <param name="method">The truth binding.</param>
    /// <param name="launchFolders">The folder of each launch that measured it.</param>
    /// <exception cref="UnusableInputException">The report cannot be read, or has no such case.</exception>
    public static IReadOnlyList<Finding> Of(string folder, string method, IReadOnlyList<string> launchFolders)
    {
        Dictionary<string, string> row = ReadRow(Path.Combine(folder, "percentiles.csv"), method);
        Truth[] truths = [.. launchFolders.Select(launch => Truth.Read(launch, method))];
        PassReport[] passes = [.. RunReportJson.Read(Path.Combine(folder, ReportFiles.Json)).Cases.Single(one => one.Method == method).Passes];
        int stalls = truths.Sum(truth => truth.Stalls);
        return
        [
            new("calls", truths.Sum(truth => truth.Count), Number("calls"), 0),
            .. new[] { ("p50", 0.50), ("p95", 0.95), ("p99", 0.99) }.SelectMany(Quantile),
            // The launch's own clock and the parent's: an independent witness of how long the calls took together.
            new("sum", passes.Sum(pass => pass.ParentNs ?? 0), passes.Sum(pass => pass.MeanNs * pass.Calls), Tolerance),
            // One of them may lie at the very limit: longer than it for the caller, not yet for the binding.
            new("stalls", stalls, StallsIn(row["note"]), stalls == 0 ? 0 : Math.Max(Tolerance, 1.0 / stalls)),
        ];

        IEnumerable<Finding> Quantile((string Name, double Quantile) of)
        {
            Figure truth = Figure.Of(truths.Select(one => one.QuantileNs(of.Quantile)));
            yield return new Finding(of.Name, truth.Value!.Value, Number(of.Name + "_ns"), Tolerance);
            if (truth is { Low: { } low, High: { } high })
            {
                yield return new Finding(of.Name + " low", low, Number(of.Name + "_low_ns"), Tolerance);
                yield return new Finding(of.Name + " high", high, Number(of.Name + "_high_ns"), Tolerance);
            }
        }

        double? Number(string column) => row[column] is { Length: > 0 } text ? double.Parse(text, CultureInfo.InvariantCulture) : null;
    }

    private static Dictionary<string, string> ReadRow(string path, string method)
    {
        using var text = new StreamReader(path);
        using var csv = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture));
        csv.Read();
        string[] header = csv.Record!;
        while (csv.Read())
        {
            if (csv[0] == method)
            {
                return header.Zip(csv.Record!).ToDictionary(cell => cell.First, cell => cell.Second);
            }
        }

        throw new UnusableInputException($"{path} has no row of {method}.");
    }

    // The note begins with their number where there are any worth a word.
    private static double StallsIn(string note) =>
        note.Split("; ").FirstOrDefault(part => part.Contains(" stalled for ", StringComparison.Ordinal)) is { } stalls
            ? double.Parse(stalls.Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;
}
