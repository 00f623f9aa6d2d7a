namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The judgement on one metric of one case.</summary>
internal enum Judgement
{
    /// <summary>The figures cannot be compared, or a figure or its range is missing.</summary>
    NotJudged,

    /// <summary>The figures vary too much for any other judgement.</summary>
    TooNoisy,

    /// <summary>The whole interval of the change is within the metric's band.</summary>
    Same,

    /// <summary>The current side is better.</summary>
    Faster,

    /// <summary>The current side is worse.</summary>
    Slower,
}

/// <summary>The answer for one metric of one case, or of all cases together. <see cref="Metric"/> defines a change.</summary>
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

    /// <summary>The smallest change that the rule would have flagged in 95 % of runs; null if no change can be flagged.</summary>
    public double? Visible { get; init; }

    /// <summary>The number of pairs that would decide the measured change; null if unknown, or if the answer is decided.</summary>
    public int? PairsNeeded { get; init; }

    /// <summary>Why there is no change to show; null if there is one.</summary>
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

    /// <summary>Why the figures are missing or too noisy; null if they are neither.</summary>
    public string? Note => Withheld ?? (Judgement == Judgement.TooNoisy ? NoiseNote : null);

    /// <summary>Whether this answer leaves open that the case is slower.</summary>
    public bool IsOpen => Metric.Decides && Judgement is (Judgement.TooNoisy or Judgement.NotJudged);

    /// <summary>Whether the rule flags a change.</summary>
    public bool IsFlag => Judgement is Judgement.Slower or Judgement.Faster;

    private string NoiseNote =>
        (Visible is { } visible ? $"could have seen {Metric.WriteSize(visible)}" : "too few for any change to be seen")
        + (PairsNeeded is { } pairs ? FormattableString.Invariant($"; needs about {pairs} pairs") : "");
}
