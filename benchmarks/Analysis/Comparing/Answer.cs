namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The judgement on one metric of one case.</summary>
internal enum Judgement
{
    /// <summary>No judgement: the figures cannot be compared, or a figure or its range is missing.</summary>
    NotJudged,

    /// <summary>The figures vary too much for any other judgement.</summary>
    TooNoisy,

    /// <summary>No relevant change: the whole interval of the change is within the metric's band around 0.</summary>
    Same,

    /// <summary>The current side is better than the base.</summary>
    Faster,

    /// <summary>The current side is worse than the base.</summary>
    Slower,
}

/// <summary>
/// The result of comparing one metric of one case, or of all cases together. <see cref="Metric"/> defines how a change is computed.
/// </summary>
internal sealed record Answer
{
    /// <summary>The case's short name. Null if the answer is for all cases together.</summary>
    public required string? Case { get; init; }

    public required Metric Metric { get; init; }

    public required Judgement Judgement { get; init; }

    /// <summary>
    /// The figure of the base: the median over the pairs. Null if it is unknown, or if the answer is for all cases together.
    /// </summary>
    public double? Base { get; init; }

    /// <summary>
    /// The figure of the current side: the median over the pairs. Null if it is unknown, or if the answer is for all cases together.
    /// </summary>
    public double? Current { get; init; }

    /// <summary>The mean change of the metric over the pairs. Null if the change is unknown.</summary>
    public double? Change { get; init; }

    /// <summary>The lower end of the 95 % interval of the change.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of the 95 % interval of the change.</summary>
    public double? High { get; init; }

    /// <summary>
    /// The smallest change that the decision rule would have reported in 95 % of runs. Null if there are too few pairs to report any
    /// change.
    /// </summary>
    public double? Visible { get; init; }

    /// <summary>
    /// The number of pairs that would be enough to judge the measured change. Null if the number is unknown, or if the change is already
    /// judged.
    /// </summary>
    public int? PairsNeeded { get; init; }

    /// <summary>Why the change is unknown. Null if the change is known.</summary>
    public string? Withheld { get; init; }

    public string Name => Case ?? "all cases";

    /// <summary>The judgement as reports write it.</summary>
    public string Words => Judgement switch
    {
        Judgement.Slower => Metric.Worse,
        Judgement.Faster => Metric.Better,
        Judgement.Same => Metric.SameWord,
        Judgement.TooNoisy => "too noisy to tell",
        _ => "not judged",
    };

    /// <summary>Why the figures are missing or too noisy. Null if the figures are neither missing nor too noisy.</summary>
    public string? Note => Withheld ?? (Judgement == Judgement.TooNoisy ? NoiseNote : null);

    /// <summary>Whether the case might be slower, but its figures are too noisy or missing.</summary>
    public bool IsOpen => Metric.Decides && Judgement is (Judgement.TooNoisy or Judgement.NotJudged);

    /// <summary>Whether the decision rule reports a change: slower or faster.</summary>
    public bool IsFlag => Judgement is Judgement.Slower or Judgement.Faster;

    private string NoiseNote =>
        (Visible is { } visible ? $"could have seen {Metric.WriteSize(visible)}" : "too few for any change to be seen")
        + (PairsNeeded is { } pairs ? FormattableString.Invariant($"; needs about {pairs} pairs") : "");
}
