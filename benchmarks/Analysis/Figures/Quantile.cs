namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// A quantile of the calls' times that reports show. All columns, CSV headers, thresholds and verdicts use the lists in this type. To add a
/// quantile, add it to <see cref="All"/>.
/// </summary>
/// <param name="Name">The quantile's name in CSV and JSON: <c>p99</c>.</param>
/// <param name="Share">The share of the calls, from 0 to 1, that take at most the quantile's time.</param>
internal sealed record Quantile(string Name, double Share)
{
    public static readonly Quantile P50 = new("p50", 0.5) { DefaultLimitNs = 1e6 };
    public static readonly Quantile P90 = new("p90", 0.9);
    public static readonly Quantile P95 = new("p95", 0.95) { DefaultLimitNs = 3e6 };
    public static readonly Quantile P99 = new("p99", 0.99) { DefaultLimitNs = 5e6 };
    public static readonly Quantile P999 = new("p999", 0.999) { Label = "p99.9" };

    /// <summary>All quantiles, in ascending order. Reports show their columns in this order.</summary>
    public static readonly IReadOnlyList<Quantile> All = [P50, P90, P95, P99, P999];

    /// <summary>
    /// The quantiles whose overhead has a default limit. Markdown and the page show these, and p99.9 of the calls' times. CSV and JSON show
    /// all quantiles.
    /// </summary>
    public static readonly IReadOnlyList<Quantile> Limited = [.. All.Where(quantile => quantile.DefaultLimitNs is not null)];

    /// <summary>The quantiles whose overhead a threshold of the user can limit.</summary>
    public static readonly IReadOnlyList<Quantile> Limitable = [.. Limited, P999];

    /// <summary>The quantile's name in Markdown, thresholds and sentences: <c>p99.9</c>.</summary>
    public string Label { get; private init; } = Name;

    /// <summary>
    /// The default limit on the overhead, in ns, if the user gives none. Null for a quantile without a limit. The limits on p50 and p99
    /// come from the project's brief, the limit on p95 from the project's earlier prototype (its spike).
    /// </summary>
    public double? DefaultLimitNs { get; init; }

    /// <summary>The quantile's meaning, as a sentence for the reader of a report.</summary>
    public string Meaning => FormattableString.Invariant($"The time that {Share * 100} % of the calls did not exceed, in ns");

    public override string ToString() => Name;
}
