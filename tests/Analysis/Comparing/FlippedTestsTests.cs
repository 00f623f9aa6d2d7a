using FsCheck.Xunit;
using WorkerRpc.Benchmarks.Analysis.Comparing;

namespace WorkerRpc.Tests.Analysis.Comparing;

public class FlippedTestsTests
{
    private static readonly string[] s_groups = ["p50", "mean"];

    [Property(MaxTest = 200)]
    public void GreatestStatistic_equals_one_by_one_computation(int seed)
    {
        var random = new Random(seed);
        int pairs = random.Next(2, 20);
        FlippableTest[] tests = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Test(random, pairs))];
        double[] signs = [.. Enumerable.Range(0, pairs).Select(_ => random.Next(2) == 0 ? 1.0 : -1.0)];

        double expected = tests.Max(test => Statistic(test, tests, signs));

        Assert.Equal(expected, new FlippedTests(tests, pairs).GreatestStatistic(signs), expected * 1e-9);
    }

    [Fact]
    public void Statistic_is_maximal_when_changes_agree_and_zero_without_change()
    {
        var noChange = new FlippableTest([0, 0], "p50", "p50");
        var sameChange = new FlippableTest([2, 2], "p50", "p50");

        Assert.Equal(double.MaxValue, new FlippedTests([noChange, sameChange], 2).GreatestStatistic([1, 1]));
        Assert.Equal(0, new FlippedTests([noChange], 2).GreatestStatistic([1, 1]));
        Assert.Equal(0, new FlippedTests([], 2).GreatestStatistic([1, 1]));
    }

    private static FlippableTest Test(Random random, int pairs)
    {
        // Changes that differ by little give a great statistic. Every fifth test takes no part in the floor of its group.
        double shift = random.NextDouble();
        double[] changes = [.. Enumerable.Range(0, pairs).Select(_ => shift + ((random.NextDouble() - 0.5) * random.NextDouble()))];
        string group = s_groups[random.Next(2)];
        return new FlippableTest(changes, random.Next(5) == 0 ? null : group, group);
    }

    private static double Statistic(FlippableTest test, FlippableTest[] tests, double[] signs)
    {
        double[] errors = [.. tests.Where(other => other.Group == test.FloorOf).Select(other => Error(other, signs)).Order()];
        double floor = errors.Length > 0 ? errors[(errors.Length - 1) / 2] : 0;
        return Math.Abs(Mean(test, signs)) / (Error(test, signs) + floor);
    }

    private static double Mean(FlippableTest test, double[] signs) => test.Changes.Zip(signs, (change, sign) => change * sign).Average();

    private static double Error(FlippableTest test, double[] signs)
    {
        double mean = Mean(test, signs);
        return Math.Sqrt(
            test.Changes.Zip(signs, (change, sign) => Math.Pow((change * sign) - mean, 2)).Sum() / (signs.Length - 1) / signs.Length);
    }
}
