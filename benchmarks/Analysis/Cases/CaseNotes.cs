using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>What a reader has to know beside a case's figures.</summary>
internal static class CaseNotes
{
    /// <summary>From this share of a case's time on, its stalled calls get a note.</summary>
    public const double NotedStallShare = 0.01;

    // A cause is named if it overlapped at least one in so many of the slowest calls. A rarer one does not explain the tail.
    private const int OneCallIn = 10;

    /// <summary>The notes of a case: failures first, then why figures are missing, then what made its tail.</summary>
    public static IReadOnlyList<string> Of(CaseSummary summary) =>
    [
        .. summary.Failures.Select(failure => $"failed in launch {failure.Launch}: {failure.Error}"),
        .. summary.Launches == 0 && summary.Failures.Count == 0 ? ["not measured"] : Array.Empty<string>(),
        .. summary.Warmth.IsWarm ? [] : new[] { summary.Warmth.Why },
        .. Withheld(summary),
        .. new[] { Tail(summary), Stalls(summary), summary.ProcessNote }.OfType<string>(),
    ];

    private static IEnumerable<string> Withheld(CaseSummary summary) =>
        from quantile in Quantile.Limited
        where summary.Launches > 0 && summary.Latency[quantile].Withheld is not null
        select $"{quantile.Name} {summary.Latency[quantile].Withheld}";

    private static string? Tail(CaseSummary summary)
    {
        TailReport[] tails = [.. summary.Passes.Select(pass => pass.Tail).OfType<TailReport>()];
        long calls = tails.Sum(tail => (long)tail.Calls);
        if (calls == 0 || summary.Latency[Quantile.P99].Value is not { } p99)
        {
            return null;
        }

        var causes = new (string What, long Calls)[]
        {
            ("a gen 2 collection", tails.Sum(tail => (long)tail.Gen2)),
            ("a gen 1 collection", tails.Sum(tail => (long)tail.Gen1)),
            ("a gen 0 collection", tails.Sum(tail => (long)tail.Gen0)),
            ("compilation", tails.Sum(tail => (long)tail.Compilation)),
        };
        (string what, long overlapped) = causes.MaxBy(cause => cause.Calls);
        return overlapped * OneCallIn >= calls
            ? FormattableString.Invariant($"p99 {Format.Duration(p99)}: {100.0 * overlapped / calls:0} % overlapped {what}")
            : null;
    }

    private static string? Stalls(CaseSummary summary)
    {
        StallReport[] stalls = [.. summary.Passes.Select(pass => pass.Stalls).OfType<StallReport>()];
        int calls = stalls.Sum(stall => stall.Calls);
        double share = stalls.Sum(stall => stall.TotalNs) / summary.Passes.Sum(pass => pass.MeanNs * pass.Calls);
        // Few and short stalls change no figure that is shown.
        if (calls == 0 || share < NotedStallShare)
        {
            return null;
        }

        int collections = stalls.Sum(stall => stall.Collections);
        int compilation = stalls.Sum(stall => stall.Compilation);
        string stalled = FormattableString.Invariant(
            $"{calls} call{(calls == 1 ? "" : "s")} stalled for {PassReport.StallMs} ms or more, {share * 100:0} % of the time");
        return FormattableString.Invariant(
            $"{stalled}: {collections} overlapped a collection, {compilation} a compilation, {calls - collections - compilation} neither");
    }
}
