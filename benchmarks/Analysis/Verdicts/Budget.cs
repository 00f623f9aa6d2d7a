using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Analysis.Verdicts;

/// <summary>The longest time that a call may take. A recommendation lists the methods whose calls stay within this budget.</summary>
/// <param name="P99Ns">The limit on the p99 of the whole call, in ns. If it is null, the limits on the overhead apply instead.</param>
/// <param name="Payload">The label of the only payload that is judged. If it is null, all payloads are judged.</param>
internal sealed record Budget(double? P99Ns, string? Payload)
{
    /// <summary>The default budget: the limits on the overhead, for all payloads.</summary>
    public static readonly Budget Limits = new(null, null);

    /// <summary>Creates a budget from the values of <c>--budget-ms</c> and <c>--payload</c>.</summary>
    /// <param name="ms">The budget in ms, in the invariant culture. If it is null, the limits on the overhead apply instead.</param>
    /// <param name="payload">The payload's label. If it is null, the budget applies to all payloads.</param>
    /// <param name="report">The report that the recommendation is for.</param>
    /// <exception cref="UnusableInputException">The budget is not a valid number, or no delegating case has this payload.</exception>
    public static Budget Parse(string? ms, string? payload, RunReport report)
    {
        string[] payloads = [.. report.Delegating.Select(id => id.Payload).Distinct()];
        if (payload is null || payloads.Contains(payload))
        {
            return new Budget(ms is null ? null : Ns(ms), payload);
        }

        string accepted = payloads.Length > 0 ? $"Accepted: {string.Join(", ", payloads)}" : "It has none that does";
        throw new UnusableInputException(
            $"--payload '{payload}': no case of the report that delegates has it. {accepted}.{NearestName.Question(payload, payloads)}");
    }

    /// <summary>Whether the budget applies to a case.</summary>
    public bool Covers(CaseId id) => Payload is null || id.Payload == Payload;

    /// <summary>Judges whether a case stays within the budget.</summary>
    public CaseVerdict Judge(CaseSummary summary, RunVerdict verdict) => P99Ns is { } limitNs
        ? VerdictRule.Judge(summary, [new Limit(Quantile.P99, "of the whole call", summary.Latency[Quantile.P99], limitNs)])
        : verdict.Of(summary)!;

    /// <summary>Formats the budget as reports write it.</summary>
    /// <param name="thresholds">The limits on the overhead.</param>
    public string Words(ThresholdSet thresholds)
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
