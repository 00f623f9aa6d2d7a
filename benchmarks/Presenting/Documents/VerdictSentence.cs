using WorkerRpc.Benchmarks.Analysis.Verdicts;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes the run's verdict as a sentence that names the cases which decided the verdict.</summary>
internal static class VerdictSentence
{
    private const int MaxNamedCases = 4;

    public static string Of(RunVerdict verdict)
    {
        if (verdict.Run is not { } run)
        {
            return "Verdict: none. No case of service-binding was selected, and no --threshold was given.";
        }

        CaseVerdict[] deciding = [.. verdict.Deciding.Where(one => one.Viability == run)];
        if (run == Viability.Viable)
        {
            string methods = string.Join(", ", verdict.Deciding.Select(one => one.Case.Id.Method).Distinct());
            return FormattableString.Invariant($"Verdict: viable. All {deciding.Length} cases of {methods} ")
                + $"stay within the limits on overhead ({verdict.Thresholds.Words}).";
        }

        string named = string.Join("; ", deciding.Take(MaxNamedCases).Select(one => $"{one.Case.Id}: {one.Reason}"));
        string more = deciding.Length > MaxNamedCases
            ? FormattableString.Invariant($"; and {deciding.Length - MaxNamedCases} more")
            : "";
        return $"Verdict: {CaseVerdict.Words(run)}. {named}{more}.";
    }
}
