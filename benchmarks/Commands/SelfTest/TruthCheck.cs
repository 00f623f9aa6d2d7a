using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>One thing that was checked: what the truth is, what the report says.</summary>
/// <param name="What">Its name in the table.</param>
/// <param name="Truth">The truth: the least that it can be.</param>
/// <param name="Most">The most that it can be.</param>
/// <param name="Reported">What was read back; null where the report does not know it.</param>
/// <param name="Allowed">How far the report may be beyond them.</param>
internal sealed record Finding(string What, double Truth, double Most, double? Reported, double Allowed)
{
    public bool Holds => Reported is { } reported && reported >= Truth - Allowed && reported <= Most + Allowed;

    public override string ToString() => Reported is not { } reported ? $"{What} not known"
        : reported == Truth ? $"{What} exact"
        : Truth == 0 ? string.Create(CultureInfo.InvariantCulture, $"{What} {reported} for none")
        // Where the way to the binding and back took more than is allowed, it is shown how much of the difference it is.
        : $"{What} {Percent(reported)}{(Holds && reported > Truth + Allowed ? $" (its hand-over at most {Percent(Most)})" : "")}";

    private string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{((value / Truth) - 1) * 100:+0.00;-0.00} %");
}

/// <summary>Holds a report, read back from its files, against what its bindings know.</summary>
internal static class TruthCheck
{
    private const double Tolerance = 0.02;

    // What lies at the very limit of the report's note may stand in it or not.
    private const double NotedShare = 2 * CaseNotes.NotedStallShare;

    /// <param name="folder">The report's.</param>
    /// <param name="method">The truth binding.</param>
    /// <param name="launchFolders">The folder of each launch that measured it.</param>
    /// <exception cref="UnusableInputException">The report cannot be read, or has no such case.</exception>
    public static IReadOnlyList<Finding> Of(string folder, string method, IReadOnlyList<string> launchFolders)
    {
        Dictionary<string, string> row = ReadRow(Path.Combine(folder, "percentiles.csv"), method);
        Truth[] truths = [.. launchFolders.Select(launch => Truth.Read(launch, method))];
        PassReport[] passes = [.. RunReportConsistency.Read(Path.Combine(folder, RunReport.FileName)).Cases.Single(one => one.Method == method).Passes];
        double parentNs = passes.Sum(pass => pass.ParentNs ?? 0);
        return
        [
            Finding("calls", truths.Sum(truth => truth.Count), Number("calls"), 0),
            .. new[] { ("p50", 0.50), ("p95", 0.95), ("p99", 0.99) }.SelectMany(Quantile),
            // The launch's own clock and the parent's: an independent witness of how long the calls took together.
            Finding("sum", parentNs, passes.Sum(pass => pass.MeanNs * pass.Calls), Tolerance * parentNs),
            .. Stalls(),
        ];

        IEnumerable<Finding> Stalls()
        {
            int stalls = truths.Sum(truth => truth.Stalls.Calls);
            // Over all launches, as the note has it.
            double share = truths.Sum(truth => truth.Stalls.StalledNs) / truths.Sum(truth => truth.Stalls.AllNs);
            // A machine's own hiccups, which the report leaves out for being too little of the time, are not the binding's.
            if (StallsIn(row["note"]) is var reported && (reported > 0 || share > NotedShare))
            {
                // One of them may lie at the very limit: longer than it for the caller, not yet for the binding.
                yield return Finding("stalls", stalls, reported, Math.Max(1, Tolerance * stalls));
            }
        }

        IEnumerable<Finding> Quantile((string Name, double Quantile) of)
        {
            var perLaunch = truths.Select(truth => truth.QuantileNs(of.Quantile)).ToList();
            Figure least = Figure.Of(perLaunch.Select(one => one.Least));
            Figure most = Figure.Of(perLaunch.Select(one => one.Most));
            yield return Between(of.Name, least.Value!.Value, most.Value!.Value, of.Name + "_ns");
            if (least is { Low: { } low, High: { } high })
            {
                yield return Between(of.Name + " low", low, most.Low!.Value, of.Name + "_low_ns");
                yield return Between(of.Name + " high", high, most.High!.Value, of.Name + "_high_ns");
            }
        }

        Finding Between(string what, double leastNs, double mostNs, string column) => new(what, leastNs, mostNs, Number(column), Tolerance * leastNs);

        Finding Finding(string what, double truth, double? reported, double allowed) => new(what, truth, truth, reported, allowed);

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
