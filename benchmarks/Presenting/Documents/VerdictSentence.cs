using WorkerRpc.Benchmarks.Analysis.Verdicts;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes the run's verdict as a sentence that names the limits, and the cases which decided the verdict.</summary>
internal static class VerdictSentence
{
    private const int MaxNamedCases = 4;
    private const int MaxNamedMethods = 6;

    public static string Of(RunVerdict verdict)
    {
        if (verdict.Run is not { } run)
        {
            return "Verdict: none. No case of a method that delegates was measured, and no --threshold names another.";
        }

        CaseVerdict[] deciding = [.. verdict.Deciding.Where(one => one.Viability == run)];
        if (run == Viability.Viable)
        {
            string stay = verdict.Deciding.Count == 1 ? $"{Decided(verdict)} stays" : $"All {Decided(verdict)} stay";
            return $"Verdict: viable. {stay} within the limits on overhead ({verdict.Thresholds.Words}).";
        }

        string named = string.Join("; ", deciding.Take(MaxNamedCases).Select(one => $"{one.Case.Id}: {one.Reason}"));
        string more = deciding.Length > MaxNamedCases
            ? FormattableString.Invariant($"; and {deciding.Length - MaxNamedCases} more")
            : "";
        return $"Verdict: {CaseVerdict.Words(run)}. {named}{more}. "
            + $"Decided by {Decided(verdict)}, limits on overhead: {verdict.Thresholds.Words}.";
    }

    // The number of deciding cases, and their methods.
    private static string Decided(RunVerdict verdict)
    {
        string[] methods = [.. verdict.Deciding.Select(one => one.Case.Id.Method).Distinct()];
        int left = methods.Length - MaxNamedMethods;
        string more = left > 0 ? FormattableString.Invariant($" and {left} more") : "";
        int cases = verdict.Deciding.Count;
        return FormattableString.Invariant($"{cases} case{(cases == 1 ? "" : "s")} of ")
            + $"{string.Join(", ", methods.Take(MaxNamedMethods))}{more}";
    }
}
