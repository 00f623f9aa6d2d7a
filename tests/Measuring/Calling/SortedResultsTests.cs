using WorkerRpc.Benchmarks.Measuring.Calling;

namespace WorkerRpc.Tests.Measuring.Calling;

public class SortedResultsTests
{
    [Fact]
    public void Ascending_batches_are_sorted_and_one_other_is_enough_to_deny_it()
    {
        long[] sorted = [0, 0, 0, 0, 0, 0, 1, 1, 2, 9];
        long[] other = [0, 0, 0, 1, 0, 0, 1, 1, 2, 9];
        long[] equal = [3, 3, 3, 3, 3, 3, 3, 3, 3, 3];

        Assert.True(SortedResults.AreSorted([sorted, equal, [1, 2]]));
        Assert.False(SortedResults.AreSorted([sorted, other]));
        // Neither equal durations nor a few show that they were sorted.
        Assert.False(SortedResults.AreSorted([equal, [1, 2]]));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(100)]
    [InlineData(999)]
    [InlineData(10_000)]
    public void Each_third_of_mixed_durations_has_about_the_same_median(int count)
    {
        long[] sorted = [.. Enumerable.Range(1, count).Select(ns => (long)ns)];

        long[] mixed = [.. SortedResults.Mix(sorted)];

        Assert.Equal(sorted, mixed.Order());
        int third = count / 3;
        long[] medians = [.. new[] { 0, third, count - third }.Select(from => mixed[from..(from + third)].Order().ElementAt(third / 2))];
        Assert.All(medians, median => Assert.InRange(median, count * 0.3, count * 0.75));
        Assert.All(count < 100 ? [] : medians, median => Assert.InRange(median, count * 0.45, count * 0.55));
    }
}
