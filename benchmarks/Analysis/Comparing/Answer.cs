namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The result for a case and metric.</summary>
internal enum Judgement
{
    /// <summary>The figures cannot be compared, or a figure or its range is missing.</summary>
    NotJudged,

    /// <summary>The figures vary too much for any other result.</summary>
    TooNoisy,

    /// <summary>The whole interval of the change is within the metric's band.</summary>
    Same,

    /// <summary>The current side is better.</summary>
    Faster,

    /// <summary>The current side is worse.</summary>
    Slower,
}

/// <summary>The answer for a case and metric. <see cref="Metric"/> says what a change is.</summary>
internal sealed record Answer
{
    /// <summary>The case's short name; null for all cases together.</summary>
    public required string? Case { get; init; }

    public required Metric Metric { get; init; }

    public required Judgement Judgement { get; init; }

    /// <summary>The base's figure: the median over the pairs. Null where it is unknown, and for all cases together.</summary>
    public double? Base { get; init; }

    /// <summary>The current figure: the median over the pairs. Null where it is unknown, and for all cases together.</summary>
    public double? Current { get; init; }

    /// <summary>The mean change over the pairs; null where it is unknown.</summary>
    public double? Change { get; init; }

    /// <summary>The lower end of the change's 95 % interval.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of the change's 95 % interval.</summary>
    public double? High { get; init; }

    /// <summary>The smallest change that the rule would have flagged 19 times of 20; null where it would have flagged none.</summary>
    public double? Visible { get; init; }

    /// <summary>The number of pairs that would decide a change like the measured one; null where that is unknown or decided.</summary>
    public int? PairsNeeded { get; init; }

    /// <summary>Why there are no figures; null where there are.</summary>
    public string? Withheld { get; init; }

    public string Name => Case ?? "all cases";

    /// <summary>The judgement as reports write it.</summary>
    public string Words => Judgement switch
    {
        Judgement.Slower => Metric.Worse,
        Judgement.Faster => Metric.Better,
        Judgement.Same => "same",
        Judgement.TooNoisy => "too noisy to tell",
        _ => "not judged",
    };

    /// <summary>What a reader has to know beside the figures; null where there is nothing.</summary>
    public string? Note => Withheld ?? (Judgement == Judgement.TooNoisy ? NoiseNote : null);

    /// <summary>Whether a slower case cannot be ruled out because of this answer.</summary>
    public bool IsOpen => Metric.Decides && Judgement is (Judgement.TooNoisy or Judgement.NotJudged);

    /// <summary>Whether the rule flags a change.</summary>
    public bool IsFlag => Judgement is Judgement.Slower or Judgement.Faster;

    private string NoiseNote =>
        (Visible is { } visible ? $"could have seen {Metric.WriteSize(visible)}" : "too few for any change to be seen")
        + (PairsNeeded is { } pairs ? FormattableString.Invariant($"; needs about {pairs} pairs") : "");
}
