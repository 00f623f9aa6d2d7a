namespace WorkerRpc.Benchmarks.Analysis.Figures;

/// <summary>
/// A quantile that reports have. Columns, CSV headers, thresholds, verdicts and the page all read the lists here. To add a
/// quantile, add it to <see cref="All"/>.
/// </summary>
/// <param name="Name">Its name in tables, headers and thresholds: <c>p99</c>.</param>
/// <param name="Share">The share of calls, from 0 to 1, that take at most that long.</param>
internal sealed record Quantile(string Name, double Share)
{
    public static readonly Quantile P50 = new("p50", 0.5) { DefaultLimitNs = 1e6 };
    public static readonly Quantile P90 = new("p90", 0.9);
    public static readonly Quantile P95 = new("p95", 0.95) { DefaultLimitNs = 3e6 };
    public static readonly Quantile P99 = new("p99", 0.99) { DefaultLimitNs = 5e6 };
    public static readonly Quantile P999 = new("p999", 0.999);

    /// <summary>Every quantile, ascending: the order of columns.</summary>
    public static readonly IReadOnlyList<Quantile> All = [P50, P90, P95, P99, P999];

    /// <summary>The quantiles with a limit. Markdown and the page show these, with their ranges; CSV and JSON have all.</summary>
    public static readonly IReadOnlyList<Quantile> Limited = [.. All.Where(quantile => quantile.DefaultLimitNs is not null)];

    /// <summary>
    /// The limit on the overhead where the user gives none, in ns; null for a quantile without a limit. The limits on p50 and p99
    /// come from the project's brief, the limit on p95 from its spike.
    /// </summary>
    public double? DefaultLimitNs { get; init; }

    /// <summary>The meaning, for a reader.</summary>
    public string Meaning => FormattableString.Invariant($"The time that {Share * 100} % of the calls did not exceed, in ns");

    public override string ToString() => Name;
}
