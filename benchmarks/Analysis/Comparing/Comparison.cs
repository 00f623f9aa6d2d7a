namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The outcome of a comparison.</summary>
internal enum ComparisonOutcome
{
    /// <summary>No case is slower.</summary>
    NothingSlower,

    /// <summary>At least one case is slower.</summary>
    Slower,

    /// <summary>No case is known to be slower, but some answers are missing or too noisy.</summary>
    NotKnown,

    /// <summary>A case, a launch or a pair failed.</summary>
    Failed,
}

/// <summary>The comparison of two builds or files, with its answers. All reports of a gate or comparison show this data.</summary>
internal sealed record Comparison
{
    private const int MaxNamed = 4;

    /// <summary>"Gate" or "Comparison".</summary>
    public required string Title { get; init; }

    /// <summary>The name of the base, as the user gave it.</summary>
    public required string Base { get; init; }

    /// <summary>The name of the side that is compared with the base, as the user gave it.</summary>
    public required string Current { get; init; }

    /// <summary>The answer for each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The failed cases, launches or pairs, with their errors. They have no answers.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The data behind the answers, as lines of the report.</summary>
    public required IReadOnlyList<string> Basis { get; init; }

    /// <summary>The warnings, as lines of the report.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The result of the gate's own controls, as a line that begins with "controls:"; null if there are none.</summary>
    public string? Controls { get; init; }

    /// <summary>Why the controls failed, so that no answer can be trusted; null where they passed.</summary>
    public string? NotWorking { get; init; }

    /// <summary>The answers that flag a change.</summary>
    public IEnumerable<Answer> Changed => Answers.Where(answer => answer.IsFlag);

    /// <summary>The answers that leave open whether a case is slower.</summary>
    public IEnumerable<Answer> Open => Answers.Where(answer => answer.IsOpen);

    public ComparisonOutcome Outcome =>
        Failures.Count > 0 ? ComparisonOutcome.Failed
        : NotWorking is not null ? ComparisonOutcome.NotKnown
        : Answers.Any(answer => answer.Judgement == Judgement.Slower) ? ComparisonOutcome.Slower
        : Answers.Count == 0 || Open.Any() ? ComparisonOutcome.NotKnown
        : ComparisonOutcome.NothingSlower;

    /// <summary>The outcome in a sentence.</summary>
    public string Verdict => Outcome switch
    {
        ComparisonOutcome.Failed => $"failed: {string.Join("; ", Failures)}",
        ComparisonOutcome.Slower => "slower: " + Named(Changed.Where(answer => answer.Judgement == Judgement.Slower)),
        _ when NotWorking is not null => $"gate not working: {NotWorking}, so nothing is said of the change",
        ComparisonOutcome.NotKnown when Answers.All(answer => answer.Judgement == Judgement.NotJudged) => "not judged",
        ComparisonOutcome.NotKnown => $"not known: nothing slower was found, but {OpenAnswers()}",
        _ when Changed.Any() => "nothing slower; faster: " + Named(Changed),
        _ => FormattableString.Invariant($"nothing slower: all {CaseCount} cases are the same"),
    };

    private int CaseCount => Answers.Select(answer => answer.Case).OfType<string>().Distinct().Count();

    private string OpenAnswers()
    {
        IEnumerable<string> named = Open.Take(MaxNamed).Select(answer =>
            $"{answer.Name} {answer.Metric.Name} is {answer.Words}{(answer.Note is { } note ? $" ({note})" : "")}");
        return string.Join("; ", named) + More(Open.Count());
    }

    // Names each case once, with its first flagged metric. Metrics are in the order of their importance.
    private static string Named(IEnumerable<Answer> answers)
    {
        Answer[] cases = [.. answers.GroupBy(answer => answer.Case).Select(group => group.First())];
        return string.Join("; ", cases.Take(MaxNamed).Select(Named)) + More(cases.Length);
    }

    private static string Named(Answer answer)
    {
        Metric metric = answer.Metric;
        string figures = answer is { Base: { } before, Current: { } after } ? $" ({metric.Write(before)} → {metric.Write(after)})" : "";
        return $"{answer.Name} {metric.Name} {metric.WriteChange(answer.Change!.Value)}{figures}";
    }

    private static string More(int count) => count > MaxNamed ? FormattableString.Invariant($"; and {count - MaxNamed} more") : "";
}
