using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>Whether delegation is cheap enough.</summary>
internal enum Viability
{
    /// <summary>Every limit holds.</summary>
    Viable,

    /// <summary>A limit straddles its interval, or a figure is missing.</summary>
    NotKnown,

    /// <summary>An interval lies beyond its limit.</summary>
    NotViable,
}

/// <summary>A cell's verdict.</summary>
/// <param name="Row">The case.</param>
/// <param name="Viability">The verdict.</param>
/// <param name="Reason">What decided it; empty where every limit holds.</param>
internal sealed record CellVerdict(CaseRow Row, Viability Viability, string Reason)
{
    /// <summary>A verdict in the reports' words.</summary>
    public static string Words(Viability viability) => viability switch
    {
        Viability.Viable => "viable",
        Viability.NotViable => "not viable",
        _ => "not known",
    };
}

/// <summary>A limit that a figure of a case has to stay under.</summary>
/// <param name="Quantile">The figure's quantile, as the reports name it.</param>
/// <param name="What">What it is a quantile of.</param>
/// <param name="Figure">The figure, in ns.</param>
/// <param name="LimitNs">The limit, in ns.</param>
internal sealed record Limit(string Quantile, string What, Figure Figure, double LimitNs);

/// <summary>The verdict of every delegating cell, and of the run.</summary>
internal sealed class Verdicts
{
    private readonly Dictionary<CaseRow, CellVerdict> _cells;

    public Verdicts(RunReport report, IReadOnlyList<CaseRow> rows)
    {
        var thresholds = new Thresholds(report.Run.Thresholds);
        HashSet<string> deciding = report.Tagged(BindingTags.Verdict);
        HashSet<string> remedies = report.Tagged(BindingTags.Remedy);
        _cells = rows.Where(row => row.Overhead is not null && (!remedies.Contains(row.Id.Method) || thresholds.Name(row.Id)))
            .ToDictionary(row => row, row => Judge(row, LimitsOf(row, thresholds)));
        Deciding = [.. _cells.Values.Where(cell => deciding.Contains(cell.Row.Id.Method) || thresholds.AreGivenFor(cell.Row.Id))];
    }

    /// <summary>The cells that decide the run: service-binding's, and those that the user gave a threshold for.</summary>
    public IReadOnlyList<CellVerdict> Deciding { get; }

    /// <summary>The run's verdict; null where no cell decides it.</summary>
    public Viability? Run => Deciding.Count == 0 ? null : Deciding.Max(cell => cell.Viability);

    /// <summary>A row's verdict; null for direct, for references, and for a remedy that no threshold names.</summary>
    public CellVerdict? Of(CaseRow row) => _cells.GetValueOrDefault(row);

    /// <summary>Holds a case to limits. What failed or is not warm is not known, whatever its figures say.</summary>
    public static CellVerdict Judge(CaseRow row, IEnumerable<Limit> limits)
    {
        if (row.Failed)
        {
            return new CellVerdict(row, Viability.NotKnown, row.Notes[0]);
        }

        // Before any limit: a figure that was taken too early is a figure about the compiler, whichever way it falls.
        if (!row.Warmth.IsWarm)
        {
            return new CellVerdict(row, Viability.NotKnown, row.Warmth.Why);
        }

        var viability = Viability.Viable;
        var reasons = new List<string>();
        foreach (Limit limit in limits)
        {
            (Viability against, string reason) = Judge(limit);
            if (against != Viability.Viable)
            {
                reasons.Add($"{limit.Quantile} {reason}");
            }

            viability = against > viability ? against : viability;
        }

        return new CellVerdict(row, viability, string.Join("; ", reasons));
    }

    private static IEnumerable<Limit> LimitsOf(CaseRow row, Thresholds thresholds) =>
        from limit in thresholds.LimitsNs(row.Id)
        select new Limit(
            limit.Key.ToString().ToLowerInvariant(),
            "overhead",
            limit.Key switch
            {
                LimitedQuantile.P50 => row.Overhead!.P50,
                LimitedQuantile.P95 => row.Overhead!.P95,
                _ => row.Overhead!.P99,
            },
            limit.Value);

    private static (Viability Viability, string Reason) Judge(Limit limit)
    {
        if (limit.Figure.Judged() is not var (low, high))
        {
            return (Viability.NotKnown, limit.Figure.Withheld!);
        }

        string interval = $"{Format.Duration(low)} – {Format.Duration(high)}";
        string bound = Format.Duration(limit.LimitNs);
        return high < limit.LimitNs ? (Viability.Viable, "")
            : low >= limit.LimitNs ? (Viability.NotViable, $"{limit.What} {interval} is not under {bound}")
            : (Viability.NotKnown, $"{limit.What} {interval} straddles {bound}");
    }
}
