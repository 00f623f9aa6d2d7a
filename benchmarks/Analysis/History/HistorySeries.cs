using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.History;

/// <summary>The reports that were measured under equal conditions, in the order of time, and what changed in them.</summary>
internal sealed record HistorySeries
{
    private HistorySeries(IReadOnlyList<HistoryReport> reports)
    {
        Reports = reports;
        FollowedFigure[] figures = [.. reports.Reverse().SelectMany(report => report.Figures.Keys).Distinct()];
        double[][] logarithms =
        [
            .. figures.Select(figure => reports
                .Select(report => report.Figures.TryGetValue(figure, out double value) ? Math.Log(value) : double.NaN).ToArray()),
        ];
        var family = new SeriesFamily(logarithms, ReportHistory.ErrorRate);
        IReadOnlyList<double?> visible = family.SmallestVisible(ReportHistory.Newest);
        Cases =
        [
            .. figures.Select((figure, index) => new CaseHistory
            {
                Figure = figure,
                Values = [.. reports.Select(report => report.Figures.TryGetValue(figure, out double value) ? value : (double?)null)],
                // A smaller change would have been found, but not reported.
                Visible = visible[index] is { } least ? Math.Max(least, figure.Metric.MarginAsChange) : null,
                Changes =
                [
                    .. LevelChange.Of(logarithms[index], family.ChangePoints[index])
                        .Where(change => figure.Metric.Matters(change.Before, change.Change)),
                ],
            }),
        ];
    }

    /// <summary>The reports, the oldest first.</summary>
    public IReadOnlyList<HistoryReport> Reports { get; }

    /// <summary>Each figure of each case, in the order of the newest report.</summary>
    public IReadOnlyList<CaseHistory> Cases { get; }

    public HistoryReport NewestReport => Reports[^1];

    /// <summary>
    /// Whether one of the newest reports of the whole history is in this series. Only then the series decides the outcome.
    /// </summary>
    public required bool Decides { get; init; }

    /// <summary>The conditions that differ between the series of the history, as text. Empty if there is one series.</summary>
    public required string Name { get; init; }

    /// <summary>Whether there are so few reports that for most figures nothing is known about the newest reports.</summary>
    public bool IsTooShort => Cases.Count(one => one.IsBlind) * 2 > Cases.Count;

    /// <summary>The figures that became slower within the newest reports.</summary>
    public IEnumerable<CaseHistory> NewSlowdowns => Cases.Where(one => one.NewSlowdown is not null);

    /// <summary>Divides reports into series, the series with the newest report first.</summary>
    /// <param name="reports">The reports in the order of time, without duplicates.</param>
    public static IReadOnlyList<HistorySeries> Of(IReadOnlyList<HistoryReport> reports)
    {
        HistoryReport[][] groups =
        [
            .. reports.GroupBy(report => string.Join('\n', report.Conditions.OrderBy(each => each.Key, StringComparer.Ordinal)))
                .Select(group => group.ToArray())
                .OrderByDescending(group => group[^1].StartedAt),
        ];
        string[] differing =
        [
            .. from condition in reports.SelectMany(report => report.Conditions.Keys).Distinct()
               where groups.Select(alike => alike[0].Conditions.GetValueOrDefault(condition)).Distinct().Count() > 1
               select condition,
        ];
        HistoryReport[] newest = [.. reports.TakeLast(ReportHistory.Newest)];
        return
        [
            .. groups.Select(group => new HistorySeries(group)
            {
                Decides = newest.Contains(group[^1]),
                Name = string.Join("; ", differing.Select(condition =>
                    $"{condition} {group[0].Conditions.GetValueOrDefault(condition, "unknown")}")),
            }),
        ];
    }
}
