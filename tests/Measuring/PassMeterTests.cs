using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Measuring;

/// <summary>
/// Tests passes with made-up durations. The stub records them during the only call that the pass makes, so that call is
/// recorded last.
/// </summary>
[Collection(Alone.Name)]
public class PassMeterTests
{
    private static readonly double s_nsPerTick = 1e9 / Stopwatch.Frequency;

    [Fact]
    public async Task Complete_pass_has_all_calls_in_its_histogram()
    {
        PassReport whole = await MeasureAsync(recorder => Record(recorder, calls: 49, ticks: 100));

        Assert.Equal(50, whole.Calls);
        Assert.Equal(50, Histograms.Decode(whole.Histogram).TotalCount);
        Assert.Equal(50, Histograms.Decode(whole.DelegationHistogram!).TotalCount);
        Assert.Equal(7, whole.Launch);
        Assert.Equal(100 * s_nsPerTick, whole.MinNs);
        Assert.False(whole.HitTimeLimit);
        Assert.Equal(0, whole.AboveCeiling);
        Assert.Equal(3, whole.Process!.Collections.Count);
        // 50 calls are too few for a p99, so there is no tail.
        Assert.Null(whole.Tail);
    }

    [Fact]
    public async Task Pass_that_ends_by_time_reports_it()
    {
        var recorder = new CallRecorder(capacity: 1000);
        var limit = TimeSpan.FromMilliseconds(1);
        var runtime = new StubRuntime(async _ =>
        {
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < limit)
            {
                await Task.Yield();
            }
        });

        PassReport pass = await MeasureAsync(runtime.Case(), recorder, new PassLimits(1000, limit));

        Assert.True(pass.HitTimeLimit);
        Assert.Equal(recorder.Count, pass.Calls);
    }

    [Fact]
    public async Task Early_end_waits_for_the_least_calls_and_counts_a_failed_one()
    {
        var recorder = new CallRecorder(capacity: 20_000);
        var limits = new PassLimits(20_000, TimeSpan.FromMilliseconds(8))
        {
            EarlyEnd = new NarrowPercentiles(recorder.Capacity),
            LeastCalls = 3,
        };
        int calls = 0;
        // The percentiles are narrow from the first call on, which takes longer than an eighth of the limit.
        var runtime = new StubRuntime(async _ =>
        {
            if (++calls == 2)
            {
                throw new InvalidOperationException("went away");
            }

            Record(recorder, calls: 1_000, ticks: 1_000_000);
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < limits.TimeLimit / 8)
            {
                await Task.Yield();
            }
        });

        PassReport pass = await MeasureAsync(runtime.Case(), recorder, limits);

        Assert.Equal((3, true, 1, false), (calls, pass.EndedEarly, pass.FailedCalls, pass.HitTimeLimit));
    }

    [Theory]
    [InlineData(true, 1_000_000, true)]
    [InlineData(true, 2_000_000, false)]
    [InlineData(false, 1_000_000, false)]
    public async Task Pass_ends_early_only_if_it_may_and_is_narrow(bool mayEndEarly, long everySecondTicks, bool endsEarly)
    {
        var recorder = new CallRecorder(capacity: 20_000);
        var limits = new PassLimits(20_000, TimeSpan.FromMilliseconds(8))
        {
            EarlyEnd = mayEndEarly ? new NarrowPercentiles(recorder.Capacity) : null,
        };
        // The first call takes longer than a sixteenth of the limit, so a check follows. Made-up calls are recorded during each call.
        var runtime = new StubRuntime(async _ =>
        {
            for (int i = 0; i < 500; i++)
            {
                Record(recorder, calls: 1, ticks: 1_000_000);
                Record(recorder, calls: 1, ticks: everySecondTicks);
            }

            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < limits.TimeLimit / 8)
            {
                await Task.Yield();
            }
        });

        PassReport pass = await MeasureAsync(runtime.Case(), recorder, limits);

        Assert.Equal(endsEarly, pass.EndedEarly == true);
        Assert.Equal(!endsEarly, pass.HitTimeLimit);
        Assert.Equal(recorder.Count, pass.Calls);
        if (endsEarly)
        {
            Assert.Equal(1, runtime.Calls);
        }
    }

    [Fact]
    public async Task Pass_with_failed_calls_reports_the_others_and_their_number()
    {
        int calls = 0;
        var runtime = new StubRuntime(_ => ++calls > 40 ? throw new InvalidOperationException("closed") : ValueTask.CompletedTask);

        PassReport pass = await MeasureAsync(runtime.Case(), new CallRecorder(50), new PassLimits(50, TimeSpan.FromMinutes(1)));

        Assert.Equal((40, 10, false), (pass.Calls, pass.FailedCalls, pass.HitTimeLimit));
        Assert.Equal(40, Histograms.Decode(pass.Histogram).TotalCount);
    }

    [Fact]
    public async Task Pass_whose_every_call_failed_throws_what_came()
    {
        var runtime = new StubRuntime(_ => throw new InvalidOperationException("closed"));

        var error = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MeasureAsync(runtime.Case(), new CallRecorder(5), new PassLimits(5, TimeSpan.FromMinutes(1))));

        Assert.Equal("call 1 failed: closed; expected an answer (5 of 5 calls failed)", error.Message);
    }

    [Fact]
    public async Task Moved_bytes_exclude_calls_before_the_pass()
    {
        CaseSetup setup = new StubRuntime(_ => ValueTask.CompletedTask).Case();
        await setup.Stub.ExecuteAsync(setup.Request, TestContext.Current.CancellationToken);

        PassReport pass = await MeasureAsync(setup, new CallRecorder(capacity: 5), new PassLimits(5, TimeSpan.FromMinutes(1)));

        Assert.Equal(7, pass.MovedBytes);
    }

    [Fact]
    public async Task Thirds_have_the_p50_of_first_and_last_calls()
    {
        PassReport pass = await MeasureAsync(recorder =>
        {
            Record(recorder, calls: 100, ticks: 3_000);
            Record(recorder, calls: 100, ticks: 900_000);
            Record(recorder, calls: 99, ticks: 1_000);
        });

        Assert.Equal(300, pass.Calls);
        Assert.Equal(3_000 * s_nsPerTick, pass.FirstThirdP50Ns);
        Assert.Equal(1_000 * s_nsPerTick, pass.LastThirdP50Ns);
    }

    [Fact]
    public async Task Calls_above_the_ceiling_are_counted_and_clamped()
    {
        long ceiling = Histograms.CeilingTicks(Stopwatch.Frequency);
        PassReport pass = await MeasureAsync(recorder =>
        {
            Record(recorder, calls: 1, ticks: ceiling);
            Record(recorder, calls: 2, ticks: ceiling + 1);
            Record(recorder, calls: 1, ticks: 10 * ceiling);
        });

        Assert.Equal(3, pass.AboveCeiling);
        Assert.Equal(5, Histograms.Decode(pass.Histogram).TotalCount);
        Assert.InRange(Histograms.ValueAt(Histograms.Decode(pass.Histogram), 1), ceiling, ceiling + (ceiling / 1000));
        // The maximum is exact.
        Assert.Equal(10 * ceiling * s_nsPerTick, pass.MaxNs);
    }

    [Fact]
    public async Task Delegation_is_duration_minus_execution_time_and_not_negative()
    {
        long second = Stopwatch.Frequency;
        PassReport pass = await MeasureAsync(recorder =>
        {
            for (int i = 0; i < 50; i++)
            {
                recorder.Record(0, 3 * second, executionMs: 1_000);
                recorder.Record(0, second, executionMs: 1_001);
            }
        });

        HdrHistogram.HistogramBase delegation = Histograms.Decode(pass.DelegationHistogram!);
        // Half of the differences are negative and count as 0. The pass's own call is the 101st.
        Assert.Equal(0, Histograms.ValueAt(delegation, 0.49));
        Assert.InRange(Histograms.ValueAt(delegation, 0.9), 2 * second, 2 * second * 1.001);
    }

    [Fact]
    public async Task Tail_counts_calls_from_p99_by_their_oldest_collection()
    {
        // Above 2,048 ticks a bucket of the histogram contains several values. This one is not the upper end of its bucket.
        const long Slow = 1_000_001;
        PassReport pass = await MeasureAsync(recorder =>
        {
            Record(recorder, calls: 988, ticks: 10);
            foreach (char generation in "2222111000")
            {
                ForcedCollection.Run(generation - '0');
                Record(recorder, calls: 1, ticks: Slow);
            }

            // A collection during a fast call is not part of the tail.
            ForcedCollection.Run(2);
            recorder.Record(0, 10, 0);
        });

        Assert.Equal(1000, pass.Calls);
        TailReport tail = pass.Tail!;
        // The 10 slow calls, and the pass's own call, which includes all collections and so is longer.
        Assert.Equal(11, tail.Calls);
        Assert.Equal((4, 3, 3), (tail.Gen2, tail.Gen1, tail.Gen0));
        ProcessReport process = pass.Process!;
        Assert.True(process.Collections[0] >= 3 && process.Collections[1] >= 3 && process.Collections[2] >= 5);
        Assert.True(process.PausedNs > 0);
    }

    [Fact]
    public async Task Allocated_bytes_exclude_the_callbacks()
    {
        const int CallbackBytes = 100_000_000;
        var allocated = new List<byte[]>();
        PassReport pass = await PassMeter.MeasureAsync(
            new StubRuntime(_ => ValueTask.CompletedTask).Case(),
            new CallRecorder(capacity: 1),
            new PassLimits(1, TimeSpan.FromMinutes(1)),
            launch: 1,
            Allocate,
            Allocate);

        Assert.Equal(2, allocated.Count);
        Assert.True(pass.Process!.AllocatedBytes < CallbackBytes);

        void Allocate() => allocated.Add(new byte[CallbackBytes]);
    }

    [Fact]
    public async Task Self_timed_pass_has_no_figures_of_this_process()
    {
        var runtime = new SelfTimedRuntime(
            new SelfTimedCalls([.. Enumerable.Repeat(20_000L, 999), 80_000], [.. Enumerable.Repeat(0.01, 1000)], WallNs: 21_000_000));
        var recorder = new CallRecorder(capacity: 1000);

        PassReport pass = await MeasureAsync(runtime.Case(), recorder, new PassLimits(1000, TimeSpan.FromMinutes(1)));

        Assert.Equal((1000, false, 20_000, 80_000, 21_000_000), (pass.Calls, pass.HitTimeLimit, pass.MinNs, pass.MaxNs, pass.WallNs));
        Assert.InRange(Histograms.ValueAt(Histograms.Decode(pass.DelegationHistogram!), 0.5), 10_000 / s_nsPerTick, 10_010 / s_nsPerTick);
        Assert.Null(pass.Process);
        Assert.Null(pass.MovedBytes);
        Assert.Null(pass.Tail);
        Assert.Null(pass.Stalls);
    }

    private static Task<PassReport> MeasureAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits) =>
        PassMeter.MeasureAsync(setup, recorder, limits, launch: 7, () => { }, () => { });

    private static async Task<PassReport> MeasureAsync(Action<CallRecorder> record)
    {
        var recorder = new CallRecorder(capacity: 2000);
        var runtime = new StubRuntime(_ =>
        {
            record(recorder);
            return ValueTask.CompletedTask;
        });
        return await MeasureAsync(runtime.Case(), recorder, new PassLimits(1, TimeSpan.FromMinutes(1)));
    }

    private static void Record(CallRecorder recorder, int calls, long ticks)
    {
        for (int i = 0; i < calls; i++)
        {
            recorder.Record(0, ticks, 0);
        }
    }
}
