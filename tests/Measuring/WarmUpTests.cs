using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Measuring;

/// <summary>Warm-ups of made curves: 12 cases, on a clock that only calls move.</summary>
public class WarmUpTests
{
    private const int Cases = 12;

    // 12 cases of 1.7 ms, five times in each of the five slices of a point.
    private const double PointSeconds = 12 * 0.0017 * 5 * 5;
    private const int Changing = 5;

    private static readonly TimeSpan s_otherMethods = TimeSpan.FromSeconds(4);

    // Returns a case's p50, in µs, a number of seconds after the method's first call. Without calls of other methods in between, it is
    // also the time of calls.
    private delegate double Curve(int one, double seconds);

    [Theory]
    [InlineData(0.02, 3.1, 30)]
    [InlineData(0.10, 3.4, 30)]
    public async Task Steady_noisy_curves_end_early_and_warm(double noise, double meanSeconds, int steady)
    {
        var reports = new List<WarmUpReport>();
        for (int seed = 0; seed < 30; seed++)
        {
            reports.Add(await RunAsync((_, _) => 16, noise, seed, s_otherMethods));
        }

        Assert.Equal(steady, reports.Count(report => report.Steady));
        Assert.InRange(reports.Average(CalledSeconds), 3, meanSeconds);
    }

    [Theory]
    [InlineData(0.02)]
    [InlineData(0.10)]
    public async Task Curve_that_falls_2_percent_a_second_is_never_warm(double noise)
    {
        WarmUpReport report = await RunAsync((_, seconds) => 16 * Math.Pow(0.98, seconds), noise, seed: 1);

        Assert.False(report.Steady, report.Reason);
        Assert.Equal(20, CalledSeconds(report), 0.5);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    public async Task Curve_that_halves_after_5_s_is_not_warm_before(double secondsOfOtherMethods)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            WarmUpReport report = await RunAsync(
                (_, seconds) => seconds < 5 ? 16 : 8, noise: 0.02, seed, TimeSpan.FromSeconds(secondsOfOtherMethods));

            Assert.True(report.Steady, report.Reason);
            Assert.All(report.Courses!, one => Assert.Equal((WarmUpCourse.WarmedUp, 8.0), (one.Course, Math.Round(one.P50Ns[^1] / 1_000))));
            Assert.InRange(report.Curve[^1].Seconds, 6.4, 9);
        }
    }

    [Fact]
    public async Task One_case_of_12_that_falls_delays_the_others()
    {
        for (int seed = 0; seed < 3; seed++)
        {
            // Other methods are not called, so that 2 s after the first call are 2 s of calls.
            WarmUpReport report = await RunAsync((one, seconds) => one == Changing && seconds > 5.2 ? 16 * 0.7 : 16, noise: 0.02, seed);

            Assert.True(report.Steady, report.Reason);
            Assert.InRange(CalledSeconds(report), 5.2 + 1.5, 9);
            Assert.All(report.Courses!, (one, index) =>
                Assert.Equal(index == Changing ? WarmUpCourse.WarmedUp : WarmUpCourse.Flat, one.Course));
        }
    }

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Only_the_case_that_still_falls_at_the_limit_is_not_warm()
    {
        WarmUpReport report = await RunAsync((one, seconds) => one == Changing ? 16 * Math.Pow(0.85, Math.Floor(seconds)) : 16, 0.02, 1);

        Assert.False(report.Steady);
        Assert.EndsWith($"still falling: {Name(Changing)}", report.Reason, StringComparison.Ordinal);
        Assert.All(report.Courses!, (one, index) => Assert.Equal(index != Changing, one.IsWarm));
    }

    [Fact]
    public async Task Case_that_becomes_slower_is_named_and_warm()
    {
        WarmUpReport report = await RunAsync((one, seconds) => one == Changing && seconds > 1 ? 20 : 16, 0.02, 1);

        Assert.True(report.Steady, report.Reason);
        Assert.EndsWith($"slowed down: {Name(Changing)}", report.Reason, StringComparison.Ordinal);
        Assert.Equal(WarmUpCourse.SlowedDown, report.Courses![Changing].Course);
    }

    [Fact]
    public async Task Case_that_changes_between_levels_has_no_steady_state()
    {
        WarmUpReport report = await RunAsync((one, seconds) => one == Changing && seconds is > 1.5 and < 3 ? 24 : 16, 0.02, 1);

        Assert.True(report.Steady, report.Reason);
        Assert.Equal(WarmUpCourse.NoSteadyState, report.Courses![Changing].Course);
    }

    [Theory]
    [InlineData(40, WarmUp.BatchCalls, "40 methods were compiled")]
    [InlineData(0, 0, "a case has only 0 calls")]
    public async Task Flat_curve_is_not_warm_while_code_is_not_compiled(int compiled, int callsOfBatch, string reason)
    {
        WarmUpReport report = await RunAsync((_, _) => 16, 0.02, 1, compiled: compiled, callsOfBatch: callsOfBatch);

        Assert.False(report.Steady);
        Assert.Contains(reason, report.Reason, StringComparison.Ordinal);
        Assert.All(report.Courses!, one => Assert.Equal(WarmUpCourse.StillCompiling, one.Course));
    }

    [Fact]
    public async Task Slow_calls_are_warmed_up_beyond_the_time_limit()
    {
        WarmUpReport report = await RunAsync((_, _) => 50_000, 0.02, 1, callsOfBatch: 1, batchMs: 50);

        Assert.True(report.Steady, report.Reason);
        // 12 cases of 150 calls of 50 ms.
        Assert.InRange(report.Curve[^1].Seconds, 90, 92);
    }

    [Fact]
    public async Task Compilation_that_is_not_known_is_named()
    {
        WarmUpReport report = await RunAsync((_, _) => 16, 0.02, 1, compiled: null);

        Assert.True(report.Steady, report.Reason);
        Assert.Contains("what was compiled is not known", report.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curve_below_the_clocks_step_is_warm() => Assert.True((await RunAsync((_, _) => 0, 0.02, 1)).Steady);

    [Fact]
    public async Task Second_visit_continues_the_curve_of_the_first()
    {
        WarmUpReport report = await RunAsync((_, seconds) => seconds < 5 ? 16.04 : 20, noise: 0, seed: 1, s_otherMethods);

        Assert.Equal([2, 6.6, 7.1], report.Curve.Skip(3).Select(point => Math.Round(point.Seconds, 1)).Take(3));
        Assert.Equal([16_000, 16_000, 16_000, 16_000, 20_000, 20_000], report.Courses![0].P50Ns.Take(6));
    }

    private static async Task<WarmUpReport> RunAsync(
        Curve curve,
        double noise,
        int seed,
        TimeSpan otherMethods = default,
        int? compiled = 0,
        int callsOfBatch = WarmUp.BatchCalls,
        double batchMs = 1.7)
    {
        var random = new Random(seed);
        var time = new SteppedTime();
        long began = time.GetTimestamp();
        long compiledMethods = 0;
        WarmUpCase[] cases = [.. Enumerable.Range(0, Cases).Select(one => new WarmUpCase(Name(one), () => Task.FromResult(Batch(one))))];
        var warmUp = new WarmUp(
            "made", cases, compiled is null ? null : () => compiledMethods += compiled.Value, WarmUpLimits.Standard, () => { }, time);

        await warmUp.BeginAsync();
        time.Pass(otherMethods);
        return await warmUp.FinishAsync();

        WarmUpBatch Batch(int one)
        {
            time.Pass(TimeSpan.FromMilliseconds(batchMs));
            double normal = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
            // In one batch of 30 the machine was busy: it takes up to 10 times longer.
            double busy = random.Next(30) == 0 && noise > 0 ? 1 + (9 * random.NextDouble()) : 1;
            double ns = 1_000 * curve(one, time.GetElapsedTime(began).TotalSeconds) * Math.Exp(noise * normal) * busy;
            return new WarmUpBatch(ns, callsOfBatch);
        }
    }

    // The time of calls, without the calls of other methods.
    private static double CalledSeconds(WarmUpReport report) => report.Curve.Count * PointSeconds;

    private static string Name(int one) => $"made/f{one}/1KB";
}
