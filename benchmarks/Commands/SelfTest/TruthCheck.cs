using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.SelfTest;

/// <summary>Compares one reported figure with the range that contains the true value.</summary>
/// <param name="What">The name of the figure in the output.</param>
/// <param name="Truth">The smallest possible true value.</param>
/// <param name="Most">The largest possible true value.</param>
/// <param name="Reported">The value in the report, or null if the report has none.</param>
/// <param name="Allowed">The largest accepted distance between the reported value and the true range.</param>
internal sealed record Finding(string What, double Truth, double Most, double? Reported, double Allowed)
{
    public bool Holds => Reported is { } reported && reported >= Truth - Allowed && reported <= Most + Allowed;

    public override string ToString() => Reported is not { } reported ? $"{What} not known"
        : reported == Truth ? $"{What} exact"
        : Truth == 0 ? string.Create(CultureInfo.InvariantCulture, $"{What} {reported} for none")
        // The reported value may exceed the true one by the hand-over, which is the time to pass the call to the method and back. If the
        // value is accepted only for this reason, the line also shows the largest value that the hand-over allows.
        : $"{What} {Percent(reported)}{(Holds && reported > Truth + Allowed ? $" (its hand-over at most {Percent(Most)})" : "")}";

    private string Percent(double value) => string.Create(CultureInfo.InvariantCulture, $"{((value / Truth) - 1) * 100:+0.00;-0.00} %");
}

/// <summary>Compares the figures of a report with the true lengths of the calls.</summary>
internal static class TruthCheck
{
    private const double Tolerance = 0.02;

    // A report notes stalls above a certain share of the time. The check expects the note only above twice that share, because near the
    // limit the report might leave the note out.
    private const double NotedShare = 2 * CaseNotes.NotedStallShare;

    /// <summary>Compares the reported figures of one method with the true lengths of its calls.</summary>
    /// <param name="folder">The folder of the report.</param>
    /// <param name="method">The method's id.</param>
    /// <param name="launchFolders">The folders of the launches that measured the method.</param>
    /// <exception cref="UnusableInputException">The report cannot be read, or has no case of this method.</exception>
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
            // Compares the total length of the calls with the time that the parent process measured on its own clock.
            Finding("sum", parentNs, passes.Sum(pass => pass.MeanNs * pass.Calls), Tolerance * parentNs),
            .. Stalls(),
        ];

        IEnumerable<Finding> Stalls()
        {
            int stalls = truths.Sum(truth => truth.Stalls.Calls);
            // The true share of the time in stalled calls, over all launches. The report's note gives the same share.
            double share = truths.Sum(truth => truth.Stalls.StalledNs) / truths.Sum(truth => truth.Stalls.AllNs);
            // Without a note in the report, small shares are not compared: the machine causes short stalls that the report does not note.
            if (StallsIn(row["note"]) is var reported && (reported > 0 || share > NotedShare))
            {
                // The two numbers can differ by one, because a call near the limit can be a stall for the caller but not for the method.
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

    // Reads the number of stalls from the note, such as 3 from "3 stalled for …". Returns 0 if the note has no stalls.
    private static double StallsIn(string note) =>
        note.Split("; ").FirstOrDefault(part => part.Contains(" stalled for ", StringComparison.Ordinal)) is { } stalls
            ? double.Parse(stalls.Split(' ')[0], CultureInfo.InvariantCulture)
            : 0;
}
