namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>Writes what a comparison found: which figures are the same, and which are not decided.</summary>
internal static class ComparisonFinding
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
            .. answers.Where(answer => answer.IsUndecided)
                .GroupBy(answer => answer.Metric)
                .Select(group => Open(group.Key, [.. group])),
        ];
        return string.Join("; ", open.Length > 0 ? same.Append($"not decided: {string.Join(", ", open)}") : same);
    }

    // Of a metric that decides, says how large a change would have been found, and names the cases unless there are many.
    private static string Open(Metric metric, Answer[] answers)
    {
        string text = FormattableString.Invariant($"{metric.Name} in {answers.Length}");
        if (!metric.Decides)
        {
            return text;
        }

        double[] visible = [.. answers.Select(answer => answer.Visible).OfType<double>()];
        string[] more =
        [
            .. visible.Length == answers.Length && visible.Length > 0
                ? [$"would have seen {metric.WriteSize(visible.Max())}"]
                : Array.Empty<string>(),
            .. answers.Length <= MaxNamed ? answers.Select(answer => answer.Name) : [],
        ];
        return more.Length > 0 ? $"{text} ({string.Join(", ", more)})" : text;
    }
}
