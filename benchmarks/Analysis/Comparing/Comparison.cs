namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The outcome of a comparison.</summary>
internal enum ComparisonOutcome
{
    /// <summary>No case is slower.</summary>
    NothingSlower,

    /// <summary>At least one case is slower.</summary>
    Slower,

    /// <summary>The figures do not decide it.</summary>
    NotKnown,

    /// <summary>A case, a launch or a pair failed.</summary>
    Failed,
}

/// <summary>What was compared, and what came of it: all that a gate's or a comparison's reports are made from.</summary>
internal sealed record Comparison
{
    private const int MaxNamed = 4;

    /// <summary>What it is: "Gate", "Comparison".</summary>
    public required string Title { get; init; }

    /// <summary>The base, by a name that its reader knows.</summary>
    public required string Base { get; init; }

    /// <summary>What is held against it, likewise.</summary>
    public required string Current { get; init; }

    /// <summary>Each case and metric.</summary>
    public required IReadOnlyList<Answer> Answers { get; init; }

    /// <summary>What failed, and why; all else is answered.</summary>
    public required IReadOnlyList<string> Failures { get; init; }

    /// <summary>What the answers are based on.</summary>
    public required IReadOnlyList<string> Basis { get; init; }

    /// <summary>What has to be known beside them.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>What the gate's own controls came to, in a line that begins with "controls:"; null where there are none.</summary>
    public string? Controls { get; init; }

    /// <summary>Why nothing of it is to be trusted; null where the controls hold.</summary>
    public string? NotWorking { get; init; }

    /// <summary>The answers that call something a change.</summary>
    public IEnumerable<Answer> Changed => Answers.Where(answer => answer.IsFlag);

    /// <summary>The answers without which nothing slower could be ruled out.</summary>
    public IEnumerable<Answer> Open => Answers.Where(answer => answer.IsOpen);

    /// <summary>What it comes to.</summary>
    public ComparisonOutcome Outcome =>
        Failures.Count > 0 ? ComparisonOutcome.Failed
        : NotWorking is not null ? ComparisonOutcome.NotKnown
        : Answers.Any(answer => answer.Judgement == Judgement.Slower) ? ComparisonOutcome.Slower
        : Answers.Count == 0 || Open.Any() ? ComparisonOutcome.NotKnown
        : ComparisonOutcome.NothingSlower;

    /// <summary>What it comes to, in a sentence.</summary>
    public string Verdict => Outcome switch
    {
        ComparisonOutcome.Failed => $"failed: {string.Join("; ", Failures)}",
        ComparisonOutcome.Slower => "slower: " + Named(Changed.Where(answer => answer.Judgement == Judgement.Slower)),
        _ when NotWorking is not null => $"gate not working: {NotWorking}, so nothing is said of the change",
        ComparisonOutcome.NotKnown when Answers.All(answer => answer.Judgement == Judgement.NotJudged) => "not judged",
        ComparisonOutcome.NotKnown => $"not known: nothing slower was found, but {string.Join("; ", Open.Take(MaxNamed).Select(answer => $"{answer.Name} {answer.Metric.Name} is {answer.Words}{(answer.Note is { } note ? $" ({note})" : "")}"))}{More(Open.Count())}",
        _ when Changed.Any() => "nothing slower; faster: " + Named(Changed),
        _ => FormattableString.Invariant($"nothing slower: all {Answers.Select(answer => answer.Case).OfType<string>().Distinct().Count()} cases are the same"),
    };

    // A case once, by the figure that a reader looks at first.
    private static string Named(IEnumerable<Answer> answers)
    {
        Answer[] cases = [.. answers.GroupBy(answer => answer.Case).Select(group => group.First())];
        return string.Join("; ", cases.Take(MaxNamed).Select(answer =>
            $"{answer.Name} {answer.Metric.Name} {answer.Metric.WriteChange(answer.Change!.Value)}"
            + (answer is { Base: { } before, Current: { } after } ? $" ({answer.Metric.Write(before)} → {answer.Metric.Write(after)})" : "")))
            + More(cases.Length);
    }

    private static string More(int count) => count > MaxNamed ? FormattableString.Invariant($"; and {count - MaxNamed} more") : "";
}
