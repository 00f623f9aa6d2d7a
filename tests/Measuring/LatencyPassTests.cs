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
    public async Task Pass_makes_and_records_the_requested_calls(int calls)
    {
        var recorder = new CallRecorder(capacity: 1000);
        var runtime = new StubRuntime(_ => ValueTask.CompletedTask) { ExecutionMs = 0.25 };

        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(calls, s_longEnough));

        Assert.Equal(calls, runtime.Calls);
        Assert.Equal(calls, recorder.Count);
        Assert.All(recorder.ExecutionMs.ToArray(), ms => Assert.Equal(0.25, ms));
    }

    [Fact]
    public async Task Call_in_flight_at_time_limit_is_last()
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

        (long wallTicks, _) = await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(1000, limit));

        Assert.Equal(1, runtime.Calls);
        Assert.Equal(1, recorder.Count);
        Assert.True(Stopwatch.GetElapsedTime(0, recorder.ElapsedTicks[0]) >= 2 * limit);
        Assert.True(wallTicks >= recorder.ElapsedTicks[0]);
    }

    [Fact]
    public async Task Pass_starts_with_an_empty_recorder()
    {
        var recorder = new CallRecorder(capacity: 10);
        var runtime = new StubRuntime(_ => ValueTask.CompletedTask);

        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(10, s_longEnough));
        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(3, s_longEnough));

        Assert.Equal(3, recorder.Count);
    }

    [Fact]
    public async Task Each_call_gets_a_cancellable_token()
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
    public async Task Launch_end_cancels_call_without_timeout_error()
    {
        using var ended = new CancellationTokenSource();
        var runtime = new StubRuntime(async cancellation =>
        {
            await ended.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        });

        CaseSetup setup = runtime.CaseOfLaunch(ended.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => LatencyPass.RunAsync(setup, new CallRecorder(capacity: 10), new PassLimits(10, s_longEnough)));
    }

    [Fact]
    public async Task Self_timed_calls_are_recorded_with_their_own_durations()
    {
        var recorder = new CallRecorder(capacity: 1000);
        var runtime = new SelfTimedRuntime(new SelfTimedCalls([5_000, 1_000, 3_000], [0.25, 0, 0.5], WallNs: 9_500));

        (long wallTicks, _) = await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(3, s_longEnough));

        Assert.Equal((3, s_longEnough), runtime.LastRequest);
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        Assert.Equal([5_000, 1_000, 3_000], recorder.ElapsedTicks.ToArray().Select(ticks => ticks * nsPerTick));
        Assert.Equal([0.25, 0, 0.5], recorder.ExecutionMs.ToArray());
        Assert.Equal(9_500, wallTicks * nsPerTick);
    }
}
