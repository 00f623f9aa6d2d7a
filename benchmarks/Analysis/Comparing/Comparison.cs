namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The outcome of a comparison.</summary>
internal enum ComparisonOutcome
{
    /// <summary>No case is slower.</summary>
    NothingSlower,

    /// <summary>At least one case is slower.</summary>
    Slower,

    /// <summary>No case is known to be slower, but some figures are missing or too noisy.</summary>
    NotKnown,

    /// <summary>A case, a launch or a pair failed.</summary>
    Failed,
}

/// <summary>The result of comparing two builds or two files. All reports of the gate and of comparisons show this data.</summary>
internal sealed record Comparison
{
    private const int MaxNamed = 4;

    /// <summary>"Gate" or "Comparison".</summary>
    public required string Title { get; init; }

    /// <summary>The name of the base, as the user gave it.</summary>
    public required string Base { get; init; }

    /// <summary>The name of the current side, which is compared with the base, as the user gave it.</summary>
    public required string Current { get; init; }

    /// <summary>The answers: one for each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>The cases, launches or pairs that failed, with their error messages. They have no answers.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>The data that the answers are based on, as lines of the report.</summary>
    public required IReadOnlyList<string> Basis { get; init; }

    /// <summary>The warnings, as lines of the report.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>
    /// The result of the gate's self-checks, as a line that begins with "controls:". Null if the comparison has no self-checks.
    /// </summary>
    public string? Controls { get; init; }

    /// <summary>Why the gate's self-checks failed. No answer can be trusted then. Null if the self-checks passed.</summary>
    public string? NotWorking { get; init; }

    /// <summary>The figures that are the same and those that are not decided, as part of a sentence.</summary>
    public string Finding => ComparisonFinding.Of(Answers);

    /// <summary>The answers that report a change: slower or faster.</summary>
    public IEnumerable<Answer> Changed => Answers.Where(answer => answer.IsFlag);

    /// <summary>The answers for cases that might be slower, but whose figures are too noisy or missing.</summary>
    public IEnumerable<Answer> Open => Answers.Where(answer => answer.IsOpen);

    public ComparisonOutcome Outcome =>
        Failures.Count > 0 ? ComparisonOutcome.Failed
        : NotWorking is not null ? ComparisonOutcome.NotKnown
        : Answers.Any(answer => answer.IsWorse) ? ComparisonOutcome.Slower
        : Answers.Count == 0 || Open.Any() ? ComparisonOutcome.NotKnown
        : ComparisonOutcome.NothingSlower;

    /// <summary>The outcome as a sentence for the report.</summary>
    public string Verdict => Outcome switch
    {
        ComparisonOutcome.Failed => $"failed: {string.Join("; ", Failures)}",
        ComparisonOutcome.Slower => "slower: " + Named(Changed.Where(answer => answer.IsWorse)),
        _ when NotWorking is not null => $"gate not working: {NotWorking}, so nothing is said of the change",
        ComparisonOutcome.NotKnown when Answers.All(answer => answer.Judgement == Judgement.NotJudged) => "not judged",
        ComparisonOutcome.NotKnown => $"not known: nothing slower was found; {Finding}",
        _ when Changed.Any() => "nothing slower; faster: " + Named(Changed) + $"; {Finding}",
        _ => $"nothing slower: {Finding}",
    };

    // Names each changed case once, with the first metric that changed. The metrics are sorted by importance.
    private static string Named(IEnumerable<Answer> answers)
    {
        Answer[] cases = [.. answers.GroupBy(answer => answer.Case).Select(group => group.First())];
        return string.Join("; ", cases.Take(MaxNamed).Select(Named)) + More(cases.Length);
    }

    private static string Named(Answer answer)
    {
        Metric metric = answer.Metric;
        string figures = answer is { Base.Value: not null, Current.Value: not null }
            ? $" ({metric.WriteRanged(answer.Base)} → {metric.WriteRanged(answer.Current)})"
            : "";
        string some = answer.Judgement is Judgement.SomeSlower or Judgement.SomeFaster ? $", {answer.Words}: {answer.Note}" : "";
        return $"{answer.Name} {metric.Name} {metric.WriteChange(answer.Change!.Value)}{figures}{some}";
    }

    private static string More(int count) => count > MaxNamed ? FormattableString.Invariant($"; and {count - MaxNamed} more") : "";
}
