namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>The judgement on one metric of one case.</summary>
internal enum Judgement
{
    /// <summary>No judgement: the figures cannot be compared, or a figure or its range is missing.</summary>
    NotJudged,

    /// <summary>The figures vary too much for any other judgement.</summary>
    TooNoisy,

    /// <summary>Some processes of the current side seem to be much worse than the base, but there are too few of them to be sure.</summary>
    PerhapsSomeSlower,

    /// <summary>No relevant change: the whole interval of the change is within the metric's band around 0.</summary>
    Same,

    /// <summary>The current side is better than the base.</summary>
    Faster,

    /// <summary>The current side is worse than the base.</summary>
    Slower,

    /// <summary>Some processes of the current side are much better than the base, the others are not.</summary>
    SomeFaster,

    /// <summary>Some processes of the current side are much worse than the base, the others are not.</summary>
    SomeSlower,
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
    /// The figure of the base: the median of the pairs or launches, and their range. Unknown if the answer is for all cases together.
    /// </summary>
    public Ranged Base { get; init; }

    /// <summary>
    /// The figure of the current side: the median of the pairs or launches, and their range. Unknown if the answer is for all cases
    /// together.
    /// </summary>
    public Ranged Current { get; init; }

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

    /// <summary>The pairs whose change is far from that of the others; null if it is unknown.</summary>
    public Outliers? Outliers { get; init; }

    /// <summary>Why the change is unknown. Null if the change is known.</summary>
    public string? Withheld { get; init; }

    public string Name => Case ?? "all cases";

    /// <summary>The judgement as reports write it.</summary>
    public string Words => Judgement switch
    {
        Judgement.Slower => Metric.Worse,
        Judgement.Faster => Metric.Better,
        Judgement.SomeSlower => "some processes slower",
        Judgement.PerhapsSomeSlower => "perhaps some processes slower",
        Judgement.SomeFaster => "some processes faster",
        Judgement.Same => Metric.SameWord,
        Judgement.TooNoisy => "too noisy to tell",
        _ => "not judged",
    };

    /// <summary>Why the figures are missing or too noisy. Null if the figures are neither missing nor too noisy.</summary>
    public string? Note => Withheld ?? Judgement switch
    {
        Judgement.TooNoisy => NoiseNote,
        Judgement.SomeSlower or Judgement.SomeFaster or Judgement.PerhapsSomeSlower => OutlierNote,
        _ => null,
    };

    /// <summary>Whether the figures decide neither for a change nor for "same".</summary>
    public bool IsUndecided => Judgement is (Judgement.TooNoisy or Judgement.NotJudged or Judgement.PerhapsSomeSlower);

    /// <summary>
    /// Whether the case might be much slower, but its figures are too noisy or missing, so that the whole comparison is not known. A figure
    /// that would have shown a change of 25 % does not leave it open.
    /// </summary>
    public bool IsOpen => Judgement == Judgement.PerhapsSomeSlower || (Metric.Decides && IsUndecided && !(Visible <= Metric.OpenBeyond));

    /// <summary>Whether the decision rule reports a change: slower or faster.</summary>
    public bool IsFlag => IsWorse || Judgement is Judgement.Faster or Judgement.SomeFaster;

    /// <summary>Whether the decision rule reports that the case, or some of its processes, became worse.</summary>
    public bool IsWorse => Judgement is Judgement.Slower or Judgement.SomeSlower;

    private string NoiseNote =>
        (Visible is { } visible ? $"could have seen {Metric.WriteSize(visible)}" : "too few for any change to be seen")
        + (PairsNeeded is { } pairs ? FormattableString.Invariant($"; needs about {pairs} pairs") : "")
        + (Outliers is { Worse: > 0 } or { Better: > 0 } ? $"; {OutlierNote}" : "");

    private string? OutlierNote => Outliers is { } outliers
        ? FormattableString.Invariant($"{Math.Max(outliers.Worse, outliers.Better)} of {outliers.Pairs} pairs by ")
            + Metric.WriteChange(outliers.Size)
            + (Math.Min(outliers.Worse, outliers.Better) is > 0 and var others
                ? FormattableString.Invariant($", {others} the other way")
                : "")
        : null;
}
