using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Measuring;

/// <summary>
/// Passes of calls whose times are made up: the stub records them itself, within the one call that the pass times.
/// That one call stands after them, and is longer than all of them that are shorter than it.
/// </summary>
[Collection(Alone.Name)]
public class PassMeterTests
{
    private static readonly double s_nsPerTick = 1e9 / Stopwatch.Frequency;

    [Fact]
    public async Task All_calls_stand_in_the_histogram_and_the_pass_says_whether_it_was_cut_short()
    {
        PassReport whole = await MeasureAsync(recorder => Record(recorder, calls: 49, ticks: 100), asked: 1);

        Assert.Equal(50, whole.Calls);
        Assert.Equal(50, Histograms.Decode(whole.Histogram).TotalCount);
        Assert.Equal(50, Histograms.Decode(whole.DelegationHistogram!).TotalCount);
        Assert.Equal(7, whole.Launch);
        Assert.Equal(100 * s_nsPerTick, whole.MinNs);
        Assert.False(whole.HitTimeLimit);
        Assert.Equal(0, whole.AboveCeiling);
        Assert.Equal(3, whole.Process!.Collections.Count);
        // Too short for a p99, so nothing is said of a tail.
        Assert.Null(whole.Tail);
    }

    [Fact]
    public async Task A_pass_that_ends_by_time_says_so()
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

        PassReport pass = await PassMeter.MeasureAsync(runtime.Case(), recorder, new PassLimits(1000, limit), launch: 1, () => { }, () => { });

        Assert.True(pass.HitTimeLimit);
        Assert.Equal(recorder.Count, pass.Calls);
    }

    [Fact]
    public async Task What_a_call_moved_is_that_of_the_pass_alone()
    {
        CaseSetup setup = new StubRuntime(_ => ValueTask.CompletedTask).Case();
        await setup.Stub.ExecuteAsync(setup.Request, TestContext.Current.CancellationToken);

        PassReport pass = await PassMeter.MeasureAsync(setup, new CallRecorder(capacity: 5), new PassLimits(5, TimeSpan.FromMinutes(1)), launch: 1, () => { }, () => { });

        Assert.Equal(7, pass.MovedBytes);
    }

    [Fact]
    public async Task Thirds_have_the_p50_of_the_first_and_of_the_last_calls()
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
    public async Task Calls_above_the_ceiling_are_counted_and_stand_at_the_ceiling()
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
        // What was seen is kept beside it.
        Assert.Equal(10 * ceiling * s_nsPerTick, pass.MaxNs);
    }

    [Fact]
    public async Task Delegation_is_a_calls_time_less_what_the_function_ran_and_never_below_zero()
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
        // Half are below zero by rounding, and stand at zero; the pass's own call is the 101st.
        Assert.Equal(0, Histograms.ValueAt(delegation, 0.49));
        Assert.InRange(Histograms.ValueAt(delegation, 0.9), 2 * second, 2 * second * 1.001);
    }

    [Fact]
    public async Task The_tail_is_the_calls_at_or_beyond_p99_each_counted_by_the_gravest_thing_it_overlapped()
    {
        // Above 2 048 ticks a histogram's bucket holds several values, and its upper end stands for all.
        const long Slow = 1_000_001;
        PassReport pass = await MeasureAsync(recorder =>
        {
            Record(recorder, calls: 988, ticks: 10);
            foreach (char generation in "2222111000")
            {
                ProvokedCollection.Run(generation - '0');
                Record(recorder, calls: 1, ticks: Slow);
            }

            // Long before and after the slow ones: a collection in a fast call explains no tail.
            ProvokedCollection.Run(2);
            recorder.Record(0, 10, 0);
        });

        Assert.Equal(1000, pass.Calls);
        TailReport tail = pass.Tail!;
        // The ten, and the pass's own call, within which the collections took longer than a slow call.
        Assert.Equal(11, tail.Calls);
        Assert.Equal((4, 3, 3), (tail.Gen2, tail.Gen1, tail.Gen0));
        ProcessReport process = pass.Process!;
        Assert.True(process.Collections[0] >= 3 && process.Collections[1] >= 3 && process.Collections[2] >= 5);
        Assert.True(process.PausedNs > 0);
    }

    [Fact]
    public async Task Bytes_of_a_pass_exclude_those_of_its_notices()
    {
        const int NoticeBytes = 100_000_000;
        var kept = new List<byte[]>();
        PassReport pass = await PassMeter.MeasureAsync(
            new StubRuntime(_ => ValueTask.CompletedTask).Case(), new CallRecorder(capacity: 1), new PassLimits(1, TimeSpan.FromMinutes(1)), launch: 1,
            Notice, Notice);

        Assert.Equal(2, kept.Count);
        Assert.True(pass.Process!.AllocatedBytes < NoticeBytes);

        void Notice() => kept.Add(new byte[NoticeBytes]);
    }

    [Fact]
    public async Task Of_calls_that_are_timed_elsewhere_nothing_is_said_of_what_this_process_did()
    {
        var elsewhere = new SelfTimedRuntime(new SelfTimedCalls([.. Enumerable.Repeat(20_000L, 999), 80_000], [.. Enumerable.Repeat(0.01, 1000)], WallNs: 21_000_000));

        PassReport pass = await PassMeter.MeasureAsync(elsewhere.Case(), new CallRecorder(capacity: 1000), new PassLimits(1000, TimeSpan.FromMinutes(1)), launch: 1, () => { }, () => { });

        Assert.Equal((1000, false, 20_000, 80_000, 21_000_000), (pass.Calls, pass.HitTimeLimit, pass.MinNs, pass.MaxNs, pass.WallNs));
        Assert.InRange(Histograms.ValueAt(Histograms.Decode(pass.DelegationHistogram!), 0.5), 10_000 / s_nsPerTick, 10_010 / s_nsPerTick);
        Assert.Null(pass.Process);
        Assert.Null(pass.MovedBytes);
        Assert.Null(pass.Tail);
        Assert.Null(pass.Stalls);
    }

    private static async Task<PassReport> MeasureAsync(Action<CallRecorder> record, int asked = 1)
    {
        var recorder = new CallRecorder(capacity: 2000);
        var runtime = new StubRuntime(_ =>
        {
            record(recorder);
            return ValueTask.CompletedTask;
        });
        return await PassMeter.MeasureAsync(runtime.Case(), recorder, new PassLimits(asked, TimeSpan.FromMinutes(1)), launch: 7, () => { }, () => { });
    }

    private static void Record(CallRecorder recorder, int calls, long ticks)
    {
        for (int i = 0; i < calls; i++)
        {
            recorder.Record(0, ticks, 0);
        }
    }
}
