using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Runs;

/// <summary>
/// The latency that the project's brief expects of a method, and the lowest and highest latency of its cases in this run.
/// </summary>
/// <param name="Method">The method's id.</param>
/// <param name="Quantile">The compared quantile.</param>
/// <param name="Expected">The expected range of the latency.</param>
/// <param name="Least">The latency of the fastest case, in ns; null if no case's latency is known.</param>
/// <param name="Greatest">The latency of the slowest case, in ns; null if no case's latency is known.</param>
/// <param name="Unknown">The number of cases whose latency is unknown.</param>
/// <param name="Cases">The number of cases.</param>
internal sealed record Expectation(
    string Method, Quantile Quantile, ExpectedRange Expected, Figure? Least, Figure? Greatest, int Unknown, int Cases)
{
    /// <summary>Whether the slowest case is slower than expected.</summary>
    public bool IsSlower => Greatest?.Value >= Milliseconds.ToNs(Expected.High);

    /// <summary>Whether even the slowest case is faster than expected.</summary>
    public bool IsFaster => Expected.Low is { } lowMs && Greatest?.Value < Milliseconds.ToNs(lowMs);

    /// <summary>Compares each measured method with its expected latency, in report order.</summary>
    public static IReadOnlyList<Expectation> All(RunReport report, IReadOnlyList<CaseSummary> cases) =>
    [
        .. from method in report.Methods
           let expected = method.Expected
           let measured = cases.Where(one => one.Id.Method == method.Id).ToArray()
           where expected is not null && measured.Length > 0
           from range in new[] { (Quantile: Quantile.P50, Range: expected.P50Ms), (Quantile: Quantile.P99, Range: expected.P99Ms) }
           select Of(method.Id, range.Quantile, range.Range, measured),
    ];

    private static Expectation Of(string method, Quantile quantile, ExpectedRange expected, CaseSummary[] cases)
    {
        Figure[] known = [.. cases.Select(one => one.Latency[quantile]).Where(figure => figure.Value is not null)];
        return new Expectation(
            method,
            quantile,
            expected,
            known.MinBy(figure => figure.Value),
            known.MaxBy(figure => figure.Value),
            cases.Length - known.Length,
            cases.Length);
    }
}
