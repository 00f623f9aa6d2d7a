using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Writes remarks about a case's figures for the reader of a report.</summary>
internal static class CaseNotes
{
    /// <summary>A case gets a note about stalled calls if those calls take at least this share of the total time of its calls.</summary>
    public const double NotedStallShare = 0.01;

    // A note names a cause of slow calls only if at least one in 10 of the slowest calls has this cause. A rarer cause does not explain the
    // tail.
    private const int OneCallIn = 10;

    // A case gets a note if the p99 of its slowest launch is more than this many times the p99 of its fastest launch. The median of such
    // p99s describes no launch.
    private const double MaxTailRatio = 2;

    /// <summary>The notes of a case. Failures come first, then the reasons for missing figures, then the causes of slow calls.</summary>
    public static IReadOnlyList<string> Of(CaseSummary summary) =>
    [
        .. Failures(summary.Failures, summary.Launches),
        .. FailedCalls(summary),
        .. summary.Warmth.IsWarm ? [] : new[] { summary.Warmth.Why },
        .. Withheld(summary),
        .. summary.Tail is { IsStall: true } tail ? [tail.Words] : Array.Empty<string>(),
        .. new[] { Drift(summary), Spread(summary), Tail(summary), Stalls(summary), summary.HeapNote, Changes(summary) }.OfType<string>(),
        .. new[] { summary.ProcessNote }.OfType<string>(),
        .. Caller(summary),
    ];

    /// <summary>Whether the p99s of the case's launches differ by more than a factor of 2.</summary>
    public static bool HasWideTail(CaseSummary summary) =>
        summary.Latency[Quantile.P99] is { Low: > 0 and var low, High: { } high } && high > MaxTailRatio * low;

    /// <summary>
    /// Returns one note for each failure of a case. A case without failures and without measurements gets the note "not measured".
    /// </summary>
    public static IEnumerable<string> Failures(IReadOnlyList<CaseFailure> failures, int launches) =>
        launches == 0 && failures.Count == 0
            ? ["not measured"]
            : failures.Select(failure => $"failed in launch {failure.Launch}: {failure.Error}");

    private static IEnumerable<string> FailedCalls(CaseSummary summary)
    {
        long failed = summary.Passes.Sum(pass => (long)(pass.FailedCalls ?? 0));
        if (failed > 0)
        {
            long calls = failed + summary.Calls;
            yield return FormattableString.Invariant($"{failed} of {calls} timed calls failed ")
                + $"({Format.Percent(failed / (double)calls, "0.###")}), the figures are of the others";
        }
    }

    private static IEnumerable<string> Caller(CaseSummary summary)
    {
        if (summary.Passes.Any(pass => pass.MeanIsFromOutside == true))
        {
            yield return "mean timed from outside: requests of 2N calls less those of N, because most calls are below the clock's step";
        }

        if (summary.Passes.Any(pass => pass.ResultsAreSorted == true))
        {
            yield return "the caller sorts its results, so a drift within a request is not seen";
        }
    }

    private static string? Changes(CaseSummary summary)
    {
        string[] changes = [.. summary.Passes.SelectMany(pass => pass.Changes ?? []).Distinct()];
        return changes.Length == 0 ? null : $"the method changed the process's {string.Join(", ", changes)}";
    }

    private static IEnumerable<string> Withheld(CaseSummary summary) =>
        from quantile in Quantile.Limited
        where summary.Launches > 0 && summary.Latency[quantile].Withheld is not null
        select $"{quantile.Name} {summary.Latency[quantile].Withheld}";

    // Returns no note if fewer than half of the passes drifted: then their launches do not decide the median of the launches.
    private static string? Drift(CaseSummary summary)
    {
        PassDrift[] passes = [.. summary.Passes.Select(pass => new PassDrift(summary.Id, pass))];
        int drifted = passes.Count(pass => pass.Fell || pass.Rose);
        return drifted == 0 || drifted * 2 < passes.Length ? null
            : FormattableString.Invariant($"p50 changed by more than {PassDrift.Limit * 100:0} % ")
                + FormattableString.Invariant($"within {drifted} of {passes.Length} passes");
    }

    private static string? Spread(CaseSummary summary)
    {
        if (!HasWideTail(summary))
        {
            return null;
        }

        Figure p99 = summary.Latency[Quantile.P99];
        return $"p99 of the launches differs by {Format.Significant(p99.High!.Value / p99.Low!.Value)} ×";
    }

    private static string? Tail(CaseSummary summary)
    {
        TailReport[] tails = [.. summary.Passes.Select(pass => pass.Tail).OfType<TailReport>()];
        long calls = tails.Sum(tail => (long)tail.Calls);
        if (calls == 0 || summary.Latency[Quantile.P99] is not { Value: not null } p99)
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
            ? FormattableString.Invariant($"p99 {FigureFormat.Duration(p99)}: {100.0 * overlapped / calls:0} % overlapped {what}")
            : null;
    }

    private static string? Stalls(CaseSummary summary)
    {
        StallReport[] stalls = [.. summary.Passes.Select(pass => pass.Stalls).OfType<StallReport>()];
        int calls = stalls.Sum(stall => stall.Calls);
        double share = stalls.Sum(stall => stall.TotalNs) / summary.Passes.Sum(pass => pass.MeanNs * pass.Calls);
        // Return no note: stalls below this share of the time are too rare to change a figure in the report.
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
