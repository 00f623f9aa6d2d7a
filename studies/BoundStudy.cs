using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Results;
using static WorkerRpc.Studies.StudyCases;

namespace WorkerRpc.Studies;

/// <summary>A study that measures cases in five launches, then checks limits ("bounds") on their figures.</summary>
/// <param name="cases">The cases to measure.</param>
/// <param name="concurrent">
/// A case to measure with concurrent callers, and the numbers of callers, or null to measure no concurrent callers.
/// </param>
/// <param name="checks">
/// Functions that each check one bound over all launches. They return whether the bound is met, and a line for the output.
/// </param>
internal sealed class BoundStudy(
    IReadOnlyList<CaseId> cases,
    (CaseId Case, IReadOnlyList<int> Callers)? concurrent,
    IReadOnlyList<Func<IReadOnlyList<LaunchFigures>, (bool Holds, string Line)>> checks)
{
    private const int Launches = 5;

    /// <summary>The study that compares the transports with the references, which do only a part of a transport's work.</summary>
    public static BoundStudy Transports { get; } = new(
        TransportBounds.Cases,
        (Echo(Pipe, Smallest), TransportBounds.Callers),
        [.. Checks(TransportBounds.Bounds), TransportBounds.CheckUnixSocket]);

    /// <summary>The study that compares Cap'n Web with its npm package and with the method <c>raw-fetch</c>.</summary>
    public static BoundStudy CapnWeb { get; } = new(
        CapnWebBounds.Cases,
        concurrent: null,
        [.. Checks(CapnWebBounds.Bounds)]);

    /// <summary>Measures the cases, then writes a line for each bound and a table of all cases.</summary>
    /// <returns>Whether every bound is met.</returns>
    public async Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        var launches = new List<LaunchFigures>();
        for (int number = 1; number <= Launches; number++)
        {
            progress.WriteLine($"launch {number} of {Launches}");
            launches.Add(await StudyLaunch.RunAsync(cases, concurrent, [], StudyLaunch.WarmUp, seed: number, interrupted));
        }

        EnvironmentReport machine = HostEnvironment.Current();
        output.WriteLine($"{machine.Processor}, {machine.Cores} cores");
        output.WriteLine($"Medians of {Launches} launches. A bound holds if the median of the launches' ratios is at most 1.");
        output.WriteLine("A line 'seen' depends on how fast this machine wakes threads. It does not decide; the line above it does.");
        bool allHold = true;
        foreach ((bool holds, string line) in checks.Select(check => check(launches)))
        {
            allHold &= holds;
            output.WriteLine(line);
        }

        output.WriteLine();
        output.WriteLine(Table(launches));
        return allHold;
    }

    private static IEnumerable<Func<IReadOnlyList<LaunchFigures>, (bool Holds, string Line)>> Checks(IReadOnlyList<Bound> bounds) =>
        from bound in bounds select (Func<IReadOnlyList<LaunchFigures>, (bool Holds, string Line)>)bound.Check;

    private string Table(IReadOnlyList<LaunchFigures> launches) => MarkdownTable.Write(
        [("case", false), ("p50", true), ("p99", true), ("processor", true), ("allocated", true)],
        [.. cases.Select(id => (IReadOnlyList<string>)
        [
            id.ToString(),
            FigureFormat.Duration(AcrossLaunches.Of(launches, run => run.P50(id))),
            AcrossLaunches.Median(launches, run => run.P99(id), Format.Duration),
            AcrossLaunches.Median(launches, run => run.Cpu(id), Format.Duration),
            AcrossLaunches.Median(launches, run => run.Allocated(id), Format.Bytes),
        ])]);
}
