using WorkerRpc.Bindings;

namespace WorkerRpc.Benchmarks.Reports;

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

/// <summary>The verdict of every delegating cell, and of the run.</summary>
internal sealed class Verdicts
{
    private readonly Dictionary<CaseRow, CellVerdict> _cells;

    public Verdicts(RunReport report, IReadOnlyList<CaseRow> rows)
    {
        var thresholds = new Thresholds(report.Run.Thresholds);
        HashSet<string> deciding = Tagged(BindingTags.Verdict);
        HashSet<string> remedies = Tagged(BindingTags.Remedy);
        _cells = rows.Where(row => row.Overhead is not null && (!remedies.Contains(row.Id.Method) || thresholds.Name(row.Id)))
            .ToDictionary(row => row, row => Judge(row, thresholds));
        Deciding = [.. _cells.Values.Where(cell => deciding.Contains(cell.Row.Id.Method) || thresholds.AreGivenFor(cell.Row.Id))];

        HashSet<string> Tagged(string tag) => [.. report.Methods.Where(method => method.Tags.Contains(tag)).Select(method => method.Id)];
    }

    /// <summary>The cells that decide the run: service-binding's, and those that the user gave a threshold for.</summary>
    public IReadOnlyList<CellVerdict> Deciding { get; }

    /// <summary>The run's verdict; null where no cell decides it.</summary>
    public Viability? Run => Deciding.Count == 0 ? null : Deciding.Max(cell => cell.Viability);

    /// <summary>A row's verdict; null for direct, for references, and for a remedy that no threshold names.</summary>
    public CellVerdict? Of(CaseRow row) => _cells.GetValueOrDefault(row);

    private static CellVerdict Judge(CaseRow row, Thresholds thresholds)
    {
        OverheadFigures overhead = row.Overhead!;
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
        foreach ((LimitedQuantile quantile, double limitNs) in thresholds.LimitsNs(row.Id))
        {
            Figure figure = quantile switch
            {
                LimitedQuantile.P50 => overhead.P50,
                LimitedQuantile.P95 => overhead.P95,
                _ => overhead.P99,
            };
            (Viability against, string reason) = Judge(figure, limitNs);
            if (against != Viability.Viable)
            {
                reasons.Add($"{quantile.ToString().ToLowerInvariant()} {reason}");
            }

            viability = against > viability ? against : viability;
        }

        return new CellVerdict(row, viability, string.Join("; ", reasons));
    }

    private static (Viability Viability, string Reason) Judge(Figure figure, double limitNs)
    {
        if (figure.Judged() is not var (low, high))
        {
            return (Viability.NotKnown, figure.Withheld!);
        }

        string interval = $"{Format.Duration(low)} – {Format.Duration(high)}";
        string limit = Format.Duration(limitNs);
        return high < limitNs ? (Viability.Viable, "")
            : low >= limitNs ? (Viability.NotViable, $"overhead {interval} is not under {limit}")
            : (Viability.NotKnown, $"overhead {interval} straddles {limit}");
    }
}
