using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Tests.Results.Statistics;

namespace WorkerRpc.Tests.Analysis.History;

public class LevelChangeTests
{
    private const int Seeds = 20;

    // Ten changes of 2 % sum to 21.9 %. Each is as small as the noise of one report.
    private static readonly double s_two = Math.Log(1.02);

    [Theory]
    [InlineData(15, 0)]
    [InlineData(1, 0)]
    [InlineData(15, 10)]
    public void Ten_small_changes_are_one_drift(int before, int after)
    {
        int found = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            IReadOnlyList<LevelChange> changes =
                Changes(seed, before + 10 + after, index => s_two * Math.Clamp(index - before + 1, 0, 10), noise: 0.02);
            found += changes is [{ IsDrift: true } drift] && drift.Began >= before - 3 && Math.Abs(drift.Ended - (before + 9)) <= 3
                && Math.Abs(drift.Change - (10 * s_two)) < 0.05 ? 1 : 0;
        }

        Assert.InRange(found, 18, Seeds);
    }

    [Theory]
    [InlineData(25, 15)]
    [InlineData(25, 22)]
    [InlineData(40, 33)]
    public void One_step_is_no_drift(int length, int position)
    {
        int found = 0;
        for (int seed = 0; seed < Seeds; seed++)
        {
            found += Changes(seed, length, index => index < position ? 0 : 0.2, noise: 0.02) is [{ IsDrift: false } step]
                && step.Began == position && step.Ended == position && Math.Abs(step.Change - 0.2) < 0.05 ? 1 : 0;
        }

        Assert.InRange(found, 18, Seeds);
    }

    [Fact]
    public void Two_steps_up_are_no_drift()
    {
        IReadOnlyList<LevelChange> changes =
            Changes(1, 45, index => index < 15 ? 0 : index < 30 ? 0.15 : 0.3, noise: 0.02);

        Assert.Equal([(15, false), (30, false)], changes.Select(change => (change.Began, change.IsDrift)));
    }

    [Fact]
    public void Drift_after_a_step_down_keeps_both()
    {
        IReadOnlyList<LevelChange> changes =
            Changes(1, 40, index => index < 20 ? 0.3 : s_two * Math.Clamp(index - 29, 0, 10), noise: 0.01);

        Assert.Equal([(false, false), (true, true)], changes.Select(change => (change.IsSlower, change.IsDrift)));
        Assert.Equal(1.02, Math.Exp(changes[1].PerReport), 0.003);
    }

    [Fact]
    public void Missing_figures_keep_the_positions()
    {
        double[] series = new MadeSeries(1).Around(30, noise: 0.02, index => index < 20 ? 0 : 0.2);
        (series[3], series[20], series[28]) = (double.NaN, double.NaN, double.NaN);

        Assert.Equal(21, Assert.Single(LevelChange.Of(series, ChangePoints.Find(series))).Began);
    }

    private static IReadOnlyList<LevelChange> Changes(int seed, int length, Func<int, double> level, double noise)
    {
        double[] series = new MadeSeries(seed).Around(length, noise, level);
        return LevelChange.Of(series, ChangePoints.Find(series));
    }
}
