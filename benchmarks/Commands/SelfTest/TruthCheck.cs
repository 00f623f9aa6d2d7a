using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>One compared figure: its true range and the reported value.</summary>
/// <param name="What">Name of the figure in the table.</param>
/// <param name="Truth">Smallest true value.</param>
/// <param name="Most">Largest true value.</param>
/// <param name="Reported">Value in the report; null if the report has none.</param>
/// <param name="Allowed">Largest accepted distance from the true range.</param>
internal sealed record Finding(string What, double Truth, double Most, double? Reported, double Allowed)
{
    public bool Holds => Reported is { } reported && reported >= Truth - Allowed && reported <= Most + Allowed;

    public override string ToString() => Reported is not { } reported ? $"{What} not known"
        : reported == Truth ? $"{What} exact"
        : Truth == 0 ? string.Create(CultureInfo.InvariantCulture, $"{What} {reported} for none")
        // Shows the largest true value if the reported one is accepted only because of the way to the method and back.
        : $"{What} {Percent(reported)}{(Holds && reported > Truth + Allowed ? $" (its hand-over at most {Percent(Most)})" : "")}";

    private string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{((value / Truth) - 1) * 100:+0.00;-0.00} %");
}

/// <summary>Compares the files of a report with the true lengths of the calls.</summary>
internal static class TruthCheck
{
    private const double Tolerance = 0.02;

    // Twice the report's limit for a note on stalls: near the limit the report may or may not have the note.
    private const double NotedShare = 2 * CaseNotes.NotedStallShare;

    /// <summary>Compares the figures of one method.</summary>
    /// <param name="folder">Folder of the report.</param>
    /// <param name="method">Id of the method.</param>
    /// <param name="launchFolders">Folders of the launches that measured the method.</param>
    /// <exception cref="UnusableInputException">The report cannot be read, or has no case of the method.</exception>
    public static IReadOnlyList<Finding> Of(string folder, string method, IReadOnlyList<string> launchFolders)
    {
        Dictionary<string, string> row = ReadRow(Path.Combine(folder, "percentiles.csv"), method);
        Truth[] truths = [.. launchFolders.Select(launch => Truth.Read(launch, method))];
        RunReport report = RunReportConsistency.Read(Path.Combine(folder, RunReport.FileName));
        IReadOnlyList<PassReport> passes = report.Cases.Single(one => one.Method == method).Passes;
        double parentNs = passes.Sum(pass => pass.ParentNs ?? 0);
        return
        [
            Finding("calls", truths.Sum(truth => truth.Count), Number("calls"), 0),
            .. new[] { ("p50", 0.50), ("p95", 0.95), ("p99", 0.99) }.SelectMany(Quantile),
            // The total length of the calls, measured by the parent process with its own clock.
            Finding("sum", parentNs, passes.Sum(pass => pass.MeanNs * pass.Calls), Tolerance * parentNs),
            .. Stalls(),
        ];

        IEnumerable<Finding> Stalls()
        {
            int stalls = truths.Sum(truth => truth.Stalls.Calls);
            // The share over all launches, like the share in the report's note.
            double share = truths.Sum(truth => truth.Stalls.StalledNs) / truths.Sum(truth => truth.Stalls.AllNs);
            // Skips short stalls that the machine caused: the report has no note for a small share of the time.
            if (StallsIn(row["note"]) is var reported && (reported > 0 || share > NotedShare))
            {
                // One stall may differ: at the limit, a call can be a stall for the caller and not for the method.
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

        Finding Between(string what, double leastNs, double mostNs, string column) =>
            new(what, leastNs, mostNs, Number(column), Tolerance * leastNs);

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
                return header.Zip(csv.Record!).ToDictionary(field => field.First, field => field.Second);
            }
        }

        throw new UnusableInputException($"{path} has no row of {method}.");
    }

    // The number of stalls in the note, such as 3 in "3 stalled for …"; 0 if the note has none.
    private static double StallsIn(string note) =>
        note.Split("; ").FirstOrDefault(part => part.Contains(" stalled for ", StringComparison.Ordinal)) is { } stalls
            ? double.Parse(stalls.Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;
}
