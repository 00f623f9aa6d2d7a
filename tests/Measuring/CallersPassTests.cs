using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring;

public sealed class CallersPassTests : IDisposable
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(30);

    private readonly CallsByThread _recorded = new();

    public void Dispose() => _recorded.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public async Task Each_caller_has_one_call_in_flight(int callers)
    {
        int inFlight = 0, maxInFlight = 0;
        var allCalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runtime = new StubRuntime(async cancellation =>
        {
            int calls = Interlocked.Increment(ref inFlight);
            InterlockedMax(ref maxInFlight, calls);
            if (calls == callers)
            {
                allCalled.TrySetResult();
            }

            // The first calls wait until each caller has made one.
            await allCalled.Task.WaitAsync(cancellation);
            Interlocked.Decrement(ref inFlight);
        });

        await CallersPass.RunAsync(runtime.Case(), callers, _recorded, TimeSpan.FromMilliseconds(500), s_timeout);

        Assert.Equal(callers, maxInFlight);
        Assert.Equal(0, inFlight);
        Assert.Equal(runtime.Calls, _recorded.Count);
    }

    [Fact]
    public async Task Calls_in_flight_at_deadline_are_recorded_last()
    {
        var length = TimeSpan.FromMilliseconds(20);
        var runtime = new StubRuntime(async _ =>
        {
            long began = Stopwatch.GetTimestamp();
            while (Stopwatch.GetElapsedTime(began) < 2 * length)
            {
                await Task.Yield();
            }
        });

        (long wallTicks, _, _) = await CallersPass.RunAsync(runtime.Case(), 16, _recorded, length, s_timeout);

        // A call takes longer than the pass, so each caller makes at most one.
        Assert.InRange(runtime.Calls, 1, 16);
        Assert.Equal(runtime.Calls, _recorded.Count);
        Assert.Equal(runtime.Calls, _recorded.Merge().TotalCount);
        Assert.True(Stopwatch.GetElapsedTime(0, _recorded.MaxTicks) >= 2 * length);
        Assert.True(wallTicks >= _recorded.MaxTicks);
    }

    [Fact]
    public async Task Calls_with_wrong_answers_are_counted_and_not_recorded()
    {
        int calls = 0;
        StubRuntime? runtime = null;
        runtime = new StubRuntime(async _ =>
        {
            runtime!.Answer = ++calls % 2 == 0 ? "right" : "wrong";
            await Task.Yield();
        });
        var right = new ExecuteResponse<Payload>(new Payload("right", new PayloadMetadata(0)), 0, 0);
        CaseSetup setup = runtime.Case() with { Answers = new AnswerCheck(right) };
        var limits = new CallersLimits(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50), s_timeout);

        CallersReport report = await CallersMeter.MeasureAsync(setup, 1, _recorded, limits, () => { });

        Assert.InRange(report.Calls, 1, (calls / 2) + 1);
        Assert.Equal((calls + 1) / 2, report.FailedCalls);
        Assert.StartsWith("call 1 gave a wrong answer: ", setup.Answers.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Callers_send_each_request_of_a_mix()
    {
        var runtime = new StubRuntime(async _ => await Task.Yield());
        ExecuteResponse<Payload>[] right =
            [.. new[] { "a", "b", "c" }.Select(data => new ExecuteResponse<Payload>(new Payload(data, new PayloadMetadata(0)), 0, 0))];
        CaseSetup setup = runtime.Case() with
        {
            Requests = [.. right.Select(answer => new ExecuteRequest("echo", answer.Result, 0))],
            Answers = new AnswerCheck([.. right]),
        };
        var limits = new CallersLimits(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(50), s_timeout);

        CallersReport report = await CallersMeter.MeasureAsync(setup, 2, _recorded, limits, () => { });

        Assert.Null(report.FailedCalls);
        Assert.InRange(report.Calls, 3, int.MaxValue);
    }

    [Fact]
    public async Task Callers_of_synchronous_calls_share_the_threads()
    {
        // More callers than the pool has threads at first: without yielding, the first callers would keep all threads.
        int callers = 4 * Environment.ProcessorCount;
        var tokens = new HashSet<CancellationToken>();
        var runtime = new StubRuntime(cancellation =>
        {
            lock (tokens)
            {
                tokens.Add(cancellation);
            }

            return ValueTask.CompletedTask;
        });

        await CallersPass.RunAsync(runtime.Case(), callers, _recorded, TimeSpan.FromMilliseconds(500), s_timeout);

        // Each caller has its own token.
        Assert.Equal(callers, tokens.Count);
        Assert.All(tokens, token => Assert.True(token.CanBeCanceled));
        Assert.Equal(runtime.Calls, _recorded.Count);
    }

    [Fact]
    public async Task Failed_call_fails_measurement_with_caller_count()
    {
        int calls = 0;
        var runtime = new StubRuntime(_ => Interlocked.Increment(ref calls) == 5
            ? throw new InvalidOperationException("refused")
            : ValueTask.CompletedTask);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => MeasureAsync(runtime.Case(), s_timeout));

        Assert.Equal("With 4 callers: refused", failure.Message);
    }

    [Fact]
    public async Task Call_without_answer_fails_the_measurement()
    {
        int calls = 0;
        var runtime = new StubRuntime(async cancellation =>
        {
            bool hangs = Interlocked.Increment(ref calls) == 5;
            await Task.Delay(hangs ? Timeout.Infinite : 0, cancellation);
        });

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => MeasureAsync(runtime.Case(), TimeSpan.FromMilliseconds(100)));

        Assert.Equal("With 4 callers: A call got no answer within 0.1 s.", failure.Message);
    }

    [Fact]
    public async Task Launch_end_cancels_calls_without_timeout_error()
    {
        using var ended = new CancellationTokenSource();
        var runtime = new StubRuntime(async cancellation =>
        {
            await ended.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => MeasureAsync(runtime.CaseOfLaunch(ended.Token), s_timeout));
    }

    [Fact]
    public async Task Report_excludes_the_calls_of_the_lead_in()
    {
        int calls = 0;
        var runtime = new StubRuntime(async _ =>
        {
            Interlocked.Increment(ref calls);
            await Task.Yield();
        });

        int before = 0, rounds = 0;
        CallersReport report = await CallersMeter.MeasureAsync(
            runtime.Case(), 3, _recorded, Limits(s_timeout), () => (before, rounds) = (calls, rounds + 1));

        // 1 to 5 lead-ins and the counted part.
        Assert.InRange(rounds, 2, 6);
        Assert.Equal((3, calls - before), (report.Callers, report.Calls));
        HdrHistogram.HistogramBase histogram = Histograms.Decode(report.Histogram);
        Assert.Equal(report.Calls, histogram.TotalCount);
        Assert.InRange(report.MaxNs, 0, report.WallNs);
        Assert.Equal(report.Calls / (report.WallNs / 1e9), report.CallsPerSecond, report.CallsPerSecond * 1e-9);
        Assert.True(report is { CpuNs: > 0, AllocatedBytes: > 0 });
    }

    private Task<CallersReport> MeasureAsync(CaseSetup setup, TimeSpan callTimeout) =>
        CallersMeter.MeasureAsync(setup, callers: 4, _recorded, Limits(callTimeout), () => { });

    private static CallersLimits Limits(TimeSpan callTimeout) =>
        new(LeadIn: TimeSpan.FromMilliseconds(20), Length: TimeSpan.FromMilliseconds(50), callTimeout);

    private static void InterlockedMax(ref int max, int value)
    {
        int before = max;
        while (value > before && Interlocked.CompareExchange(ref max, value, before) is var now && now != before)
        {
            before = now;
        }
    }
}
