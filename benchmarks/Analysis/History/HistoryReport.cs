using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.History;

/// <summary>One figure of one case: what a history follows over the reports.</summary>
/// <param name="Case">The case's short name.</param>
/// <param name="Metric">The figure: p50 or mean.</param>
internal sealed record FollowedFigure(string Case, Metric Metric);

/// <summary>The part of a report that a history needs, without the report's histograms.</summary>
internal sealed record HistoryReport
{
    /// <summary>The figures that a history follows.</summary>
    public static IReadOnlyList<Metric> Metrics { get; } = [Metric.P50, Metric.Mean];

    public required string Path { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The measured commit, or null if it is unknown.</summary>
    public required string? Commit { get; init; }

    /// <summary>Whether the work tree had changes that the commit lacks.</summary>
    public required bool IsDirty { get; init; }

    /// <summary>The conditions of the measurement. Only reports with equal conditions form one history.</summary>
    public required IReadOnlyDictionary<string, string> Conditions { get; init; }

    /// <summary>The known figures, in ns: the median of the launches. Failed cases and cases that are not warm have none.</summary>
    public required IReadOnlyDictionary<FollowedFigure, double> Figures { get; init; }

    /// <summary>The short names of the cases without figures, because they are not warm.</summary>
    public required IReadOnlyList<string> NotWarm { get; init; }

    /// <summary>Why a history leaves the report out, or null if the history uses it.</summary>
    public required string? Refusal { get; init; }

    public static HistoryReport Of(string path, RunReport report)
    {
        var compared = new ComparedReport(report) { Path = path };
        CaseSummary[] cases = [.. compared.Summaries.Where(one => !one.Id.IsReference && !one.Failed)];
        return new HistoryReport
        {
            Path = path,
            StartedAt = report.Run.StartedAt,
            Commit = report.Run.Commit,
            IsDirty = report.Run.Dirty == true,
            Conditions = compared.Conditions.Concat(compared.SharedConditions)
                .Append(new("launches", report.Run.Launches.ToString(CultureInfo.InvariantCulture)))
                .ToDictionary(),
            Figures = (
                from one in cases
                where one.Warmth.IsWarm
                from metric in Metrics
                let value = metric == Metric.P50 ? one.P50.Value : one.Mean.Value
                where value > 0
                select (Figure: new FollowedFigure(one.Id.ToString(), metric), Value: value.Value))
                .ToDictionary(each => each.Figure, each => each.Value),
            NotWarm = [.. cases.Where(one => !one.Warmth.IsWarm).Select(one => one.Id.ToString())],
            Refusal = RefusalOf(report),
        };
    }

    // The median of few launches varies more than the median of all. Such reports among others would look like changes.
    private static string? RefusalOf(RunReport report)
    {
        (int finished, int asked) = (report.FinishedLaunches, report.Run.Launches);
        return finished * 2 > asked
            ? null
            : FormattableString.Invariant($"{finished} of its {asked} launches finished")
                + $"{(report.EndedEarly == true ? ", ended early" : "")}; needed: more than half";
    }
}
