namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>What a comparison says of a case and metric.</summary>
internal enum Judgement
{
    /// <summary>The two cannot be held against each other, or the figure against what it varies by.</summary>
    NotJudged,

    /// <summary>It does not decide it.</summary>
    TooNoisy,

    /// <summary>The whole interval of the change is within the metric's band.</summary>
    Same,

    /// <summary>The current one is better.</summary>
    Faster,

    /// <summary>The current one is worse.</summary>
    Slower,
}

/// <summary>The answer of a case and metric. Changes are as the metric takes them.</summary>
internal sealed record Answer
{
    /// <summary>The case's short name; null for all cases together.</summary>
    public required string? Case { get; init; }

    public required Metric Metric { get; init; }

    public required Judgement Judgement { get; init; }

    /// <summary>The base's figure: the median over the pairs. Null where it is not known, and for all cases together.</summary>
    public double? Base { get; init; }

    /// <summary>The current figure: the median over the pairs. Null where it is not known, and for all cases together.</summary>
    public double? Current { get; init; }

    /// <summary>The mean change over the pairs; null where it is not known.</summary>
    public double? Change { get; init; }

    /// <summary>The lower end of the change's 95 % interval.</summary>
    public double? Low { get; init; }

    /// <summary>The upper end of the change's 95 % interval.</summary>
    public double? High { get; init; }

    /// <summary>The smallest change that would have been called one 19 times of 20; null where none would have been.</summary>
    public double? Visible { get; init; }

    /// <summary>The pairs after which an effect as it was seen would be decided; null where that is not known, or it is.</summary>
    public int? PairsNeeded { get; init; }

    /// <summary>Why there are no figures; null where there are.</summary>
    public string? Withheld { get; init; }

    public string Name => Case ?? "all cases";

    /// <summary>The outcome in a word or two.</summary>
    public string Words => Judgement switch
    {
        Judgement.Slower => Metric.Worse,
        Judgement.Faster => Metric.Better,
        Judgement.Same => "same",
        Judgement.TooNoisy => "too noisy to tell",
        _ => "not judged",
    };

    /// <summary>What has to be known beside the figures; null where nothing has.</summary>
    public string? Note =>
        Withheld ?? (Judgement == Judgement.TooNoisy
            ? $"{(Visible is { } visible ? $"could have seen {Metric.WriteSize(visible)}" : "too few for any change to be seen")}"
                + (PairsNeeded is { } pairs ? FormattableString.Invariant($"; needs about {pairs} pairs") : "")
            : null);

    /// <summary>Whether a slower one could not be ruled out without it.</summary>
    public bool IsOpen => Metric.Decides && Judgement is (Judgement.TooNoisy or Judgement.NotJudged);

    public bool IsFlag => Judgement is Judgement.Slower or Judgement.Faster;
}
