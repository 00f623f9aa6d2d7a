using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.History;

/// <summary>One figure of one case over the reports of a history.</summary>
internal sealed record CaseHistory
{
    public required FollowedFigure Figure { get; init; }

    /// <summary>The figure in each report, in ns. Null where it is unknown.</summary>
    public required IReadOnlyList<double?> Values { get; init; }

    /// <summary>The changes that are greater than the metric's margin, in the order of time.</summary>
    public required IReadOnlyList<LevelChange> Changes { get; init; }

    /// <summary>
    /// The smallest step of the newest reports that would have been found: the logarithm of a ratio. Null if no step would have been.
    /// </summary>
    public required double? Visible { get; init; }

    /// <summary>The number of reports with the figure.</summary>
    public int Known => Values.Count(value => value is not null);

    /// <summary>Whether so few reports have the figure that no change of it could be found.</summary>
    public bool IsTooShort => Known < ChangePoints.LeastLength();

    /// <summary>The last change, or null if the level never changed.</summary>
    public LevelChange? Last => Changes.Count > 0 ? Changes[^1] : null;

    /// <summary>Whether the last change began or still went on within the newest reports.</summary>
    public bool IsNew => Last?.Ended >= Values.Count - ReportHistory.Newest;

    /// <summary>The last change, if it is a slow-down within the newest reports. Otherwise null.</summary>
    public LevelChange? NewSlowdown => IsNew && Last is { IsSlower: true } last ? last : null;

    /// <summary>Whether nothing is known about the newest reports: no change was found there, and none could have been.</summary>
    public bool IsBlind => !IsNew && Visible is null;

    /// <summary>The answer as tables show it.</summary>
    public string Answer => IsTooShort ? "too few reports"
        : Last is not { } last ? "no change found"
        : (last.IsSlower ? Figure.Metric.Worse : Figure.Metric.Better) + (IsNew ? ", new" : ", earlier");
}
