using System.Globalization;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using static WorkerRpc.Benchmarks.Commands.Speed.SpeedCells;

namespace WorkerRpc.Benchmarks.Commands.Speed;

/// <summary>A few launches of some cells, and a line for each bound that they are held to.</summary>
/// <param name="cells">What is measured.</param>
/// <param name="crowded">The case that many callers call, and how many; none for no case.</param>
/// <param name="lines">The bounds.</param>
/// <param name="more">What is judged beside them, over all launches.</param>
internal sealed class SpeedStudy(
    IReadOnlyList<CaseId> cells,
    (CaseId Case, IReadOnlyList<int> Callers)? crowded,
    IReadOnlyList<SpeedLine> lines,
    params IReadOnlyList<Func<IReadOnlyList<SpeedFigures>, (bool Passed, string Told)>> more)
{
    private const int Launches = 5;

    /// <summary>How near the transports come to what they stand on.</summary>
    public static SpeedStudy Transports { get; } = new(All, (Echo(Pipe, Smallest), Callers), SpeedLine.All, Unix);

    /// <summary>What Cap'n Web costs, against the npm package and against raw fetch.</summary>
    public static SpeedStudy CapnWeb { get; } = new(CapnWebSpeed.Cells, crowded: null, CapnWebSpeed.Lines);

    /// <summary>Measures, and tells each line.</summary>
    /// <returns>Whether every line holds.</returns>
    public async Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var launches = new List<SpeedFigures>();
        for (int number = 1; number <= Launches; number++)
        {
            progress.WriteLine($"launch {number} of {Launches}");
            launches.Add(await SpeedLaunch.RunAsync(cells, crowded, [], SpeedLaunch.WarmUp, seed: number, interrupted));
        }

        output.WriteLine($"Medians of {Launches} launches; the ratio is taken within each launch, and its median decides. At most 1 passes.");
        bool passed = true;
        foreach ((bool holds, string told) in lines.Select(line => line.Judge(launches)).Concat(more.Select(judge => judge(launches))))
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

    private string Table(IReadOnlyList<SpeedFigures> launches) => MarkdownTable.Write(
        [("cell", false), ("p50", true), ("p99", true), ("allocated", true)],
        [.. cells.Select(cell => (IReadOnlyList<string>)
        [
            cell.ToString(),
            Format.Duration(P50(cell, launches)),
            OverLaunches.Median(launches, run => run.P99(cell), Format.Duration),
            OverLaunches.Median(launches, run => run.Allocated(cell), Format.Bytes),
        ])]);

    private static Figure P50(CaseId cell, IReadOnlyList<SpeedFigures> launches) => OverLaunches.Of(launches, run => run.P50(cell));
}
