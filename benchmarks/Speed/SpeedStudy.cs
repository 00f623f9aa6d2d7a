using System.Globalization;
using WorkerRpc.Benchmarks.Delegation;
using WorkerRpc.Benchmarks.Reports;
using WorkerRpc.Functions;
using static WorkerRpc.Benchmarks.Speed.SpeedCells;

namespace WorkerRpc.Benchmarks.Speed;

/// <summary>How near the transports come to what they stand on: a few launches of their cells, and a line for each bound.</summary>
internal static class SpeedStudy
{
    private const int Launches = 5;

    /// <summary>Measures, and tells each line.</summary>
    /// <returns>Whether every line holds.</returns>
    public static async Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var launches = new List<SpeedFigures>();
        for (int number = 1; number <= Launches; number++)
        {
            progress.WriteLine($"launch {number} of {Launches}");
            launches.Add(await SpeedLaunch.RunAsync(All, (Echo(Pipe, Smallest), Callers), [], SpeedLaunch.WarmUp, seed: number, interrupted));
        }

        output.WriteLine($"Medians of {Launches} launches; the ratio is taken within each launch, and its median decides. At most 1 passes.");
        bool passed = true;
        foreach ((bool holds, string told) in SpeedLine.All.Select(line => line.Judge(launches)).Append(Unix(launches)))
        {
            passed &= holds;
            output.WriteLine(told);
        }

        output.WriteLine();
        output.WriteLine(Table(launches));
        return passed;
    }

    internal static (bool Passed, string Told) Unix(IReadOnlyList<SpeedFigures> launches)
    {
        var slower = new List<string>();
        int faster = 0;
        foreach ((string function, string size) in from function in FunctionList.All from size in Sizes select (function.Id, size))
        {
            Figure unix = P50(new CaseId(UnixSocket, function, size), launches);
            Figure raw = P50(new CaseId(RawFetch, function, size), launches);
            if (unix.Low > raw.High)
            {
                slower.Add($"{function}/{size} {Format.Duration(unix)} against {Format.Duration(raw)}");
            }

            faster += unix.High < raw.Low ? 1 : 0;
        }

        string cells = $"{UnixSocket} p50 below {RawFetch} in every cell where their ranges do not overlap";
        return slower.Count == 0
            ? (true, string.Create(CultureInfo.InvariantCulture, $"pass  {cells}: below in {faster} cells, above in none"))
            : (false, $"FAIL  {cells}: above in {string.Join(", ", slower)}");
    }

    private static string Table(IReadOnlyList<SpeedFigures> launches) => MarkdownTable.Write(
        [("cell", false), ("p50", true), ("p99", true), ("allocated", true)],
        [.. All.Select(cell => (IReadOnlyList<string>)
        [
            cell.ToString(),
            Format.Duration(P50(cell, launches)),
            OverLaunches.Median(launches, run => run.P99(cell), Format.Duration),
            OverLaunches.Median(launches, run => run.Allocated(cell), Format.Bytes),
        ])]);

    private static Figure P50(CaseId cell, IReadOnlyList<SpeedFigures> launches) => OverLaunches.Of(launches, run => run.P50(cell));
}
