namespace WorkerRpc.Tests.Results.Statistics;

/// <summary>Makes series of figures with a known noise, from a seed.</summary>
internal sealed class MadeSeries(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>A value of a normal distribution with a mean of 0 and a standard deviation of 1.</summary>
    public double Normal() =>
        Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());

    /// <summary>A value of Student's distribution with 3 degrees of freedom, which has many outliers.</summary>
    public double HeavyTailed() =>
        Normal() / Math.Sqrt((Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2) + Math.Pow(Normal(), 2)) / 3);

    /// <summary>Values around a level for each index, with normal noise.</summary>
    public double[] Around(int length, double noise, Func<int, double> level) =>
        [.. Enumerable.Range(0, length).Select(index => level(index) + (noise * Normal()))];
}
