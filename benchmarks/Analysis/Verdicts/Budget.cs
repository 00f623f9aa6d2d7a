using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>The time that a call may take. A recommendation lists the methods that stay within it.</summary>
/// <param name="P99Ns">The p99 of the whole call has to be less than this, in ns; null for the limits on overhead.</param>
/// <param name="Payload">The label of the one payload that counts; null for every payload.</param>
internal sealed record Budget(double? P99Ns, string? Payload)
{
    /// <summary>The limits on overhead, for every payload.</summary>
    public static readonly Budget Limits = new(null, null);

    /// <summary>Parses the values of <c>--budget-ms</c> and <c>--payload</c>.</summary>
    /// <param name="ms">The budget in ms, in the invariant culture; null for the limits on overhead.</param>
    /// <param name="payload">The payload's label; null for every payload.</param>
    /// <param name="report">The report to recommend from.</param>
    /// <exception cref="UnusableInputException">The number is unusable, or no delegating case has that payload.</exception>
    public static Budget Parse(string? ms, string? payload, RunReport report)
    {
        string[] payloads = [.. report.Delegating.Select(id => id.Payload).Distinct()];
        if (payload is null || payloads.Contains(payload))
        {
            return new Budget(ms is null ? null : Ns(ms), payload);
        }

        string accepted = payloads.Length > 0 ? $"Accepted: {string.Join(", ", payloads)}" : "It has none that does";
        throw new UnusableInputException($"--payload '{payload}': no case of the report that delegates has it. {accepted}.");
    }

    /// <summary>Whether the budget applies to a case.</summary>
    public bool Covers(CaseId id) => Payload is null || id.Payload == Payload;

    /// <summary>Judges whether a case stays within the budget.</summary>
    public CaseVerdict Judge(CaseSummary summary, RunVerdict verdict) => P99Ns is { } limitNs
        ? VerdictRule.Judge(summary, [new Limit(Quantile.P99, "of the whole call", summary.Latency[Quantile.P99], limitNs)])
        : verdict.Of(summary)!;

    /// <summary>The budget as reports write it.</summary>
    /// <param name="thresholds">The limits on overhead.</param>
    public string Words(Thresholds thresholds)
    {
        string payload = Payload is null ? "every payload size" : $"a payload of {Payload}";
        return P99Ns is { } ns
            ? $"a p99 of the whole call under {Format.Duration(ns)} with {payload}"
            : $"the limits on overhead ({thresholds.Words}) with {payload}";
    }

    private static double Ns(string ms) =>
        double.TryParse(ms, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value)
        && value > 0 && double.IsFinite(Milliseconds.ToNs(value))
            ? Milliseconds.ToNs(value)
            : throw new UnusableInputException(
                $"--budget-ms '{ms}': expected milliseconds above 0 for the p99 of a whole call, like 2 or 0.5.");
}
