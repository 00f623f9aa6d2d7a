using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>One run among several.</summary>
/// <param name="Name">The run in words.</param>
/// <param name="Date">The time when it started, for an axis.</param>
/// <param name="IsCurrent">Whether the page shows this run.</param>
/// <param name="Cases">By short name: the quantiles with a limit, in their order.</param>
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

    /// <summary>A run by its commit and time.</summary>
    public static string NameOf(RunReport report)
    {
        string commit = report.Run.Commit is { } known ? RunText.Commit(known, CommitDigits) : "unknown commit";
        return $"{commit}{(report.Run.Dirty == true ? " with changes" : "")}, {RunText.Minute(report.Run.StartedAt)} UTC";
    }
}

/// <summary>The runs of one machine.</summary>
/// <param name="Machine">The machine in words.</param>
/// <param name="Runs">Its runs, the oldest first.</param>
/// <param name="LeftOut">The runs of other machines, in words.</param>
internal sealed record PageHistory(string Machine, IReadOnlyList<PageRun> Runs, IReadOnlyList<string> LeftOut)
{
    /// <summary>Identifies a machine: figures of two machines are no history. Null where the report does not know its machine.</summary>
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
