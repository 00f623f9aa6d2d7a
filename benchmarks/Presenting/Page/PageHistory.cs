using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>One run in the history of a machine.</summary>
/// <param name="Name">The run's commit and time.</param>
/// <param name="Date">The date and time at which the run started, as a label for an axis.</param>
/// <param name="IsCurrent">Whether the page shows this run.</param>
/// <param name="Cases">
/// The figures of each case; the key is the case's short name. A case has one figure for each quantile with a limit, in ascending order.
/// </param>
internal sealed record PageRun(string Name, string Date, bool IsCurrent, IReadOnlyDictionary<string, IReadOnlyList<PageFigure>> Cases)
{
    public static PageRun Of(RunReport report, bool isCurrent) => new(
        NameOf(report),
        RunText.Minute(report.Run.StartedAt),
        isCurrent,
        CaseSummary.All(report).Where(one => !one.Id.IsReference).ToDictionary(
            one => one.Id.ToString(),
            one => (IReadOnlyList<PageFigure>)[.. Quantile.Limited.Select(quantile => PageFigure.Of(one.Latency[quantile]))]));

    /// <summary>Returns a name for a run: its commit and its start time.</summary>
    public static string NameOf(RunReport report) => RunText.Name(report.Run.Commit, report.Run.Dirty == true, report.Run.StartedAt);
}

/// <summary>The history of the runs on one machine with one payload kind.</summary>
/// <param name="Machine">The machine's processor, number of cores and operating system, and the payload kind.</param>
/// <param name="Runs">The runs on this machine with this payload kind, the oldest first.</param>
/// <param name="LeftOut">The names of runs on other machines or with other payload kinds, which the history leaves out.</param>
internal sealed record PageHistory(string Machine, IReadOnlyList<PageRun> Runs, IReadOnlyList<string> LeftOut)
{
    /// <summary>
    /// Returns a text that identifies the machine and the payload kind of a run, because a history must not mix them. Returns null if the
    /// report does not describe its machine.
    /// </summary>
    public static string? Fingerprint(RunReport report) => report.Environment is { } environment
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{environment.Processor}, {environment.Cores} cores, {environment.Os}, {environment.Architecture}, "
                + $"payloads: {report.Run.PayloadKind.Name()}")
        : null;

    /// <summary>Returns the history for a page, from the runs on the current run's machine with its payload kind.</summary>
    /// <param name="runs">All runs, in any order, including the current run.</param>
    /// <param name="current">The run that the page shows.</param>
    public static PageHistory Of(IEnumerable<RunReport> runs, RunReport current)
    {
        string? machine = Fingerprint(current);
        RunReport[] all = [.. runs.DistinctBy(run => (run.Run.StartedAt, run.Run.Commit)).OrderBy(run => run.Run.StartedAt)];
        return new PageHistory(
            machine ?? "a machine that the report does not know",
            [.. all.Where(IsSame).Select(run => PageRun.Of(run, ReferenceEquals(run, current)))],
            [.. all.Where(run => !IsSame(run)).Select(run => $"{PageRun.NameOf(run)}: {Fingerprint(run) ?? "not known"}")]);

        bool IsSame(RunReport run) => machine is not null ? Fingerprint(run) == machine : ReferenceEquals(run, current);
    }
}
