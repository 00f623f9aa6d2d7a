using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A run in the history.</summary>
/// <param name="Name">The run's commit and time.</param>
/// <param name="Date">The start of the run, for the label of an axis.</param>
/// <param name="IsCurrent">Whether the page shows this run.</param>
/// <param name="Cases">The figures of each case by its short name: one for each quantile with a limit, ascending.</param>
internal sealed record PageRun(string Name, string Date, bool IsCurrent, IReadOnlyDictionary<string, IReadOnlyList<PageFigure>> Cases)
{
    private const int CommitDigits = 8;

    public static PageRun Of(RunReport report, bool isCurrent) => new(
        NameOf(report),
        RunText.Minute(report.Run.StartedAt),
        isCurrent,
        CaseSummary.All(report).Where(one => !one.Id.IsReference).ToDictionary(
            one => one.Id.ToString(),
            one => (IReadOnlyList<PageFigure>)[.. Quantile.Limited.Select(quantile => PageFigure.Of(one.Latency[quantile]))]));

    /// <summary>Names a run by its commit and time.</summary>
    public static string NameOf(RunReport report)
    {
        string commit = report.Run.Commit is { } known ? RunText.Commit(known, CommitDigits) : "unknown commit";
        return $"{commit}{(report.Run.Dirty == true ? " with changes" : "")}, {RunText.Minute(report.Run.StartedAt)} UTC";
    }
}

/// <summary>The runs of one machine.</summary>
/// <param name="Machine">The machine's processor, cores and system.</param>
/// <param name="Runs">The runs of this machine, the oldest first.</param>
/// <param name="LeftOut">The names of the runs of other machines.</param>
internal sealed record PageHistory(string Machine, IReadOnlyList<PageRun> Runs, IReadOnlyList<string> LeftOut)
{
    /// <summary>Identifies the machine, since figures of two machines are no history; null where the report does not name it.</summary>
    public static string? Fingerprint(RunReport report) => report.Environment is { } environment
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"{environment.Cpu}, {environment.Cores} cores, {environment.Os}, {environment.Architecture}")
        : null;

    /// <summary>The history that a page shows.</summary>
    /// <param name="runs">The runs, in any order, with the current one.</param>
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
