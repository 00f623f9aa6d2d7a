using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

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

        LoopEnd end = await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(1000, limit));

        Assert.Equal(1, runtime.Calls);
        Assert.Equal(1, recorder.Count);
        Assert.True(Stopwatch.GetElapsedTime(0, recorder.ElapsedTicks[0]) >= 2 * limit);
        Assert.True(end.WallTicks >= recorder.ElapsedTicks[0]);
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

        LoopEnd end = await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(3, s_longEnough));

        Assert.Equal((3, s_longEnough), runtime.LastRequest);
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        Assert.Equal([5_000, 1_000, 3_000], recorder.ElapsedTicks.ToArray().Select(ticks => ticks * nsPerTick));
        Assert.Equal([0.25, 0, 0.5], recorder.ExecutionMs.ToArray());
        Assert.Equal(9_500, end.WallTicks * nsPerTick);
    }

    [Fact]
    public async Task Failed_call_is_counted_and_the_pass_goes_on()
    {
        var recorder = new CallRecorder(capacity: 100);
        int calls = 0;
        var runtime = new StubRuntime(_ => ++calls % 10 == 3 ? throw new InvalidOperationException("went away") : ValueTask.CompletedTask);
        CaseSetup setup = runtime.Case();

        await LatencyPass.RunAsync(setup, recorder, new PassLimits(100, s_longEnough));

        Assert.Equal((100, 90, 10), (calls, recorder.Count, setup.Answers.Failed));
        Assert.Equal("call 3 failed: went away; expected an answer (10 of 100 calls failed)", setup.Answers.Failure);
    }

    [Fact]
    public async Task Wrong_answer_is_counted_with_what_came_and_what_was_expected()
    {
        var recorder = new CallRecorder(capacity: 97);
        int calls = 0;
        StubRuntime? runtime = null;
        runtime = new StubRuntime(_ =>
        {
            runtime!.Answer = ++calls == 42 ? "right, but not whol" : "right, but not whole";
            return ValueTask.CompletedTask;
        });
        CaseSetup setup = runtime.Case() with { Answers = new AnswerCheck(Echo("right, but not whole")) };

        LoopEnd end = await LatencyPass.RunAsync(setup, recorder, new PassLimits(97, s_longEnough));

        Assert.Equal((96, 1), (recorder.Count, setup.Answers.Failed));
        Assert.Contains("call 42 gave a wrong answer: ", setup.Answers.Failure, StringComparison.Ordinal);
        Assert.Contains("expected '…not whole,", setup.Answers.Failure, StringComparison.Ordinal);
        Assert.InRange(end.CheckingTicks, 1, end.WallTicks);
    }

    [Fact]
    public async Task Calls_of_a_mix_send_its_requests_in_turn_and_expect_the_answer_of_each()
    {
        var recorder = new CallRecorder(capacity: 7);
        ExecuteRequest[] requests = [.. new[] { "a", "b", "c" }.Select(data => new ExecuteRequest("echo", Echo(data).Result, 0))];
        CaseSetup setup = new StubRuntime(_ => ValueTask.CompletedTask).Case() with
        {
            Requests = requests,
            Answers = new AnswerCheck(Echo("a"), Echo("wrong"), Echo("c")),
        };

        await LatencyPass.RunAsync(setup, recorder, new PassLimits(4, s_longEnough));
        await LatencyPass.RunAsync(setup, recorder, new PassLimits(4, s_longEnough));

        // Of a, b, c, a, b, c, a, b the answers to the second, fifth and eighth differ. A later pass goes on with the next request.
        Assert.Equal(3, setup.Answers.Failed);
        Assert.StartsWith("call 2 gave a wrong answer: ", setup.Answers.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Least_calls_are_made_beyond_the_time_limit()
    {
        var recorder = new CallRecorder(capacity: 100);
        var runtime = new StubRuntime(async _ => await Task.Yield());

        await LatencyPass.RunAsync(runtime.Case(), recorder, new PassLimits(100, TimeSpan.Zero) { LeastCalls = 30 });

        Assert.Equal(30, recorder.Count);
    }

    private static ExecuteResponse<Payload> Echo(string data) => new(new Payload(data, new PayloadMetadata(0)), 0, 0);
}
