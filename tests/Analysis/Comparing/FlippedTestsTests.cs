using FsCheck.Xunit;
using WorkerRpc.Benchmarks.Analysis.Comparing;

namespace WorkerRpc.Tests.Analysis.Comparing;

public class FlippedTestsTests
{
    [Property(MaxTest = 200)]
    public void GreatestStatistic_equals_one_by_one_computation_exactly(int seed)
    {
        var random = new Random(seed);
        int pairs = random.Next(2, 20);
        FlippableTest[] tests = [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => Test(random, pairs))];
        double[] signs = [.. Enumerable.Range(0, pairs).Select(_ => random.Next(2) == 0 ? 1.0 : -1.0)];

        Assert.Equal(tests.Max(test => Statistic(test, signs)), new FlippedTests(tests, pairs).GreatestStatistic(signs));
    }

    [Fact]
    public void Statistic_is_maximal_when_changes_agree_and_zero_without_change()
    {
        var noChange = new FlippableTest([0, 0], 0, 0);
        var sameChange = new FlippableTest([2, 2], 2, 0);

        Assert.Equal(double.MaxValue, new FlippedTests([noChange, sameChange], 2).GreatestStatistic([1, 1]));
        Assert.Equal(0, new FlippedTests([noChange], 2).GreatestStatistic([1, 1]));
        Assert.Equal(0, new FlippedTests([], 2).GreatestStatistic([1, 1]));
    }

    private static FlippableTest Test(Random random, int pairs)
    {
        // In every fourth test all changes are equal. Every second test has no floor.
        bool areEqual = random.Next(4) == 0;
        double first = random.NextDouble() - 0.5;
        double[] changes = [.. Enumerable.Range(0, pairs).Select(_ => areEqual ? first : random.NextDouble() - 0.5)];
        return new FlippableTest(changes, Math.Sqrt(changes.Average(change => change * change)), random.Next(2) * random.NextDouble());
    }

    private static double Statistic(FlippableTest test, double[] signs)
    {
        double sum = 0;
        for (int pair = 0; pair < signs.Length; pair++)
        {
            sum += signs[pair] * test.Changes[pair];
        }

        double mean = sum / signs.Length;
        return FlippedTests.StatisticOf(mean, FlippedTests.ErrorOf(test.RootMeanSquare, mean, signs.Length) + test.Floor);
    }
}
