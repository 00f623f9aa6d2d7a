namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// A figure of a run or of a gate's side: the median of its launches or pairs, and their range. Each of the three is null if it is unknown.
/// </summary>
internal readonly record struct Ranged(double? Value, double? Low, double? High)
{
    /// <summary>The width of the range as a logarithm: how much the launches differ. It is 0 if the range is unknown.</summary>
    public double Width => Low is { } low && High is { } high && low > 0 ? Math.Log(high / low) : 0;
}

/// <summary>One case of a run, with the figures that a comparison uses.</summary>
/// <param name="Figures">The figures. The key is the metric's name; a missing metric is unknown.</param>
/// <param name="IsWarm">Whether the case was warm. A cold case is not judged.</param>
internal sealed record ComparedCase(IReadOnlyDictionary<string, Ranged> Figures, bool IsWarm = true)
{
    public Ranged this[Metric metric] => Figures.GetValueOrDefault(metric.Name);
}
