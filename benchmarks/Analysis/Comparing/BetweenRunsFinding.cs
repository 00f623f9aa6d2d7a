namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Writes what a comparison of two reports found: which figures are the same, and which are not decided.</summary>
internal static class BetweenRunsFinding
{
    private const int MaxNamed = 3;

    /// <summary>
    /// Writes the finding as part of a sentence: <c>p50, mean same within ±50 % in 36 of 36 cases; not decided: p99 in 12</c>.
    /// </summary>
    public static string Of(IReadOnlyList<Answer> answers)
    {
        Answer[] ofCases = [.. answers.Where(answer => answer.Case is not null)];
        int cases = ofCases.Select(answer => answer.Case).Distinct().Count();
        IEnumerable<string> same = ofCases
            .Where(answer => answer.Judgement == Judgement.Same)
            .GroupBy(answer => answer.Metric)
            .GroupBy(metric => (metric.Key.SameWord, Count: metric.Count()), metric => metric.Key.Name)
            .Select(group => FormattableString.Invariant(
                $"{string.Join(", ", group)} {group.Key.SameWord} in {group.Key.Count} of {cases} cases"));
        string[] open =
        [
            .. answers.Where(answer => answer.Judgement is (Judgement.TooNoisy or Judgement.NotJudged))
                .GroupBy(answer => answer.Metric)
                .Select(group => Open(group.Key, [.. group])),
        ];
        return string.Join("; ", open.Length > 0 ? same.Append($"not decided: {string.Join(", ", open)}") : same);
    }

    // Names the cases of a metric that decides, unless there are many of them.
    private static string Open(Metric metric, Answer[] answers) =>
        FormattableString.Invariant($"{metric.Name} in {answers.Length}")
        + (metric.Decides && answers.Length <= MaxNamed ? $" ({string.Join(", ", answers.Select(answer => answer.Name))})" : "");
}
