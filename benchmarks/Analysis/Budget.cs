using System.Globalization;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>What a user can spend on a call, and what the recommendation is made for.</summary>
/// <param name="P99Ns">The p99 of the whole call has to be under this, in ns; null where the limits on overhead hold.</param>
/// <param name="Payload">The label of the payload that is called with; null for every one.</param>
internal sealed record Budget(double? P99Ns, string? Payload)
{
    private const double NsOfMs = 1e6;

    /// <summary>The limits on overhead, for every payload.</summary>
    public static readonly Budget Limits = new(null, null);

    /// <summary>Reads what the user gave.</summary>
    /// <param name="ms">Milliseconds, in the invariant culture; null for the limits on overhead.</param>
    /// <param name="payload">A payload's label; null for every one.</param>
    /// <param name="report">The report to recommend from.</param>
    /// <exception cref="UnusableInputException">They are no milliseconds, or no case has that payload.</exception>
    public static Budget Parse(string? ms, string? payload, RunReport report)
    {
        string[] payloads = [.. report.Delegating.Select(id => id.Payload).Distinct()];
        return payload is null || payloads.Contains(payload)
            ? new Budget(ms is null ? null : Ns(ms), payload)
            : throw new UnusableInputException(
                $"--payload '{payload}': no case of the report that delegates has it. {(payloads.Length > 0 ? $"Accepted: {string.Join(", ", payloads)}" : "It has none that does")}.");
    }

    /// <summary>Whether a case's payload is called with.</summary>
    public bool Covers(CaseId id) => Payload is null || id.Payload == Payload;

    /// <summary>Whether a case stays within it.</summary>
    public CellVerdict Judge(CaseRow row, Verdicts verdicts) =>
        P99Ns is { } limitNs ? Verdicts.Judge(row, [new Limit("p99", "of the whole call", row.P99, limitNs)]) : verdicts.Of(row)!;

    /// <summary>The budget as a person reads it.</summary>
    /// <param name="report">Where the thresholds of the limits on overhead stand.</param>
    public string Words(RunReport report)
    {
        string payload = Payload is null ? "every payload size" : $"a payload of {Payload}";
        return P99Ns is { } ns
            ? $"a p99 of the whole call under {Format.Duration(ns)} with {payload}"
            : $"the limits on overhead ({new Thresholds(report.Run.Thresholds).Words}) with {payload}";
    }

    private static double Ns(string ms) =>
        double.TryParse(ms, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) && value > 0 && double.IsFinite(value * NsOfMs)
            ? value * NsOfMs
            : throw new UnusableInputException($"--budget-ms '{ms}': expected milliseconds above 0 for the p99 of a whole call, like 2 or 0.5.");
}
