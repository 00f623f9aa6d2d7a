using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Tests.Measuring;

public class LatencyPassTests
{
    private static readonly TimeSpan s_longEnough = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(257)]
    public async Task A_pass_makes_and_records_exactly_the_calls_that_are_asked_for(int calls)
    {
        var recorder = new CallRecorder(capacity: 1000);
        var runtime = new StubRuntime(_ => ValueTask.CompletedTask) { ExecutionMs = 0.25 };

        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(calls, s_longEnough));

        Assert.Equal(calls, runtime.Calls);
        Assert.Equal(calls, recorder.Count);
        Assert.All(recorder.ExecutionMs.ToArray(), ms => Assert.Equal(0.25, ms));
    }

    [Fact]
    public async Task The_call_in_flight_at_the_time_limit_is_awaited_and_recorded_and_none_follows()
    {
        var limit = TimeSpan.FromMilliseconds(1);
        var recorder = new CallRecorder(capacity: 1000);
        var runtime = new StubRuntime(async _ =>
        {
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < 2 * limit)
            {
                await Task.Yield();
            }
        });

        long wallTicks = await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(1000, limit));

        Assert.Equal(1, runtime.Calls);
        Assert.Equal(1, recorder.Count);
        Assert.True(Stopwatch.GetElapsedTime(0, recorder.ElapsedTicks[0]) >= 2 * limit);
        Assert.True(wallTicks >= recorder.ElapsedTicks[0]);
    }

    [Fact]
    public async Task Every_pass_begins_with_an_empty_recorder()
    {
        var recorder = new CallRecorder(capacity: 10);
        var runtime = new StubRuntime(_ => ValueTask.CompletedTask);

        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(10, s_longEnough));
        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(3, s_longEnough));

        Assert.Equal(3, recorder.Count);
    }

    [Fact]
    public async Task Every_call_gets_a_token_that_can_be_cancelled_as_the_caller_workers_is()
    {
        var tokens = new List<CancellationToken>();
        var runtime = new StubRuntime(cancellation =>
        {
            tokens.Add(cancellation);
            return ValueTask.CompletedTask;
        });

        await LatencyPass.RunAsync(runtime.Case(), new CallRecorder(capacity: 10), new PassLimits(10, s_longEnough));

        Assert.All(tokens, token => Assert.True(token.CanBeCanceled));
    }

    [Fact]
    public async Task A_launch_that_ends_cancels_the_call_in_flight_and_does_not_call_it_hung()
    {
        using var ended = new CancellationTokenSource();
        var runtime = new StubRuntime(async cancellation =>
        {
            await ended.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => LatencyPass.RunAsync(runtime.CaseOfLaunch(ended.Token), new CallRecorder(capacity: 10), new PassLimits(10, s_longEnough)));
    }

    [Fact]
    public async Task Calls_that_are_timed_elsewhere_are_recorded_as_they_were_timed_there()
    {
        var recorder = new CallRecorder(capacity: 1000);
        var elsewhere = new SelfTimedRuntime(new SelfTimedCalls([5_000, 1_000, 3_000], [0.25, 0, 0.5], WallNs: 9_500));

        long wallTicks = await LatencyPass.RunAsync(elsewhere.Case(), recorder, new PassLimits(3, s_longEnough));

        Assert.Equal((3, s_longEnough), elsewhere.Asked);
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        Assert.Equal([5_000, 1_000, 3_000], recorder.ElapsedTicks.ToArray().Select(ticks => ticks * nsPerTick));
        Assert.Equal([0.25, 0, 0.5], recorder.ExecutionMs.ToArray());
        Assert.Equal(9_500, wallTicks * nsPerTick);
    }
}
