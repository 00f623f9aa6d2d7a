using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

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
    public async Task All_callers_have_a_call_out_at_once_and_none_has_two(int callers)
    {
        int now = 0, most = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var runtime = new StubRuntime(async cancellation =>
        {
            int seen = Interlocked.Increment(ref now);
            InterlockedMax(ref most, seen);
            if (seen == callers)
            {
                all.TrySetResult();
            }

            // The first calls are answered when each caller has made one.
            await all.Task.WaitAsync(cancellation);
            Interlocked.Decrement(ref now);
        });

        await CallersPass.RunAsync(runtime.Case(), callers, _recorded, TimeSpan.FromMilliseconds(500), s_timeout);

        Assert.Equal(callers, most);
        Assert.Equal(0, now);
        Assert.Equal(runtime.Calls, _recorded.Count);
    }

    [Fact]
    public async Task Calls_in_flight_at_the_deadline_are_awaited_and_recorded_and_none_follows()
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

        // Each is longer than the pass: no caller can have made two.
        Assert.InRange(runtime.Calls, 1, 16);
        Assert.Equal(runtime.Calls, _recorded.Count);
        Assert.Equal(runtime.Calls, _recorded.Merge().TotalCount);
        Assert.True(Stopwatch.GetElapsedTime(0, _recorded.MaxTicks) >= 2 * length);
        Assert.True(wallTicks >= _recorded.MaxTicks);
    }

    [Fact]
    public async Task Callers_whose_calls_never_wait_take_turns()
    {
        // More than the pool has threads: without turns the first ones would keep them all.
        int callers = 4 * Environment.ProcessorCount;
        var seen = new HashSet<CancellationToken>();
        var runtime = new StubRuntime(cancellation =>
        {
            lock (seen)
            {
                seen.Add(cancellation);
            }

            return ValueTask.CompletedTask;
        });

        await CallersPass.RunAsync(runtime.Case(), callers, _recorded, TimeSpan.FromMilliseconds(500), s_timeout);

        // Each caller's calls have a token of their own.
        Assert.Equal(callers, seen.Count);
        Assert.All(seen, token => Assert.True(token.CanBeCanceled));
        Assert.Equal(runtime.Calls, _recorded.Count);
    }

    [Fact]
    public async Task A_call_that_fails_is_the_failure_of_all_with_the_number_of_callers()
    {
        int calls = 0;
        var runtime = new StubRuntime(_ => Interlocked.Increment(ref calls) == 5 ? throw new InvalidOperationException("refused") : ValueTask.CompletedTask);

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => CallersMeter.MeasureAsync(runtime.Case(), 4, _recorded, Limits(s_timeout), () => { }));

        Assert.Equal("With 4 callers: refused", failure.Message);
    }

    [Fact]
    public async Task A_call_without_an_answer_is_given_up_and_is_the_failure_of_all()
    {
        int calls = 0;
        var runtime = new StubRuntime(async cancellation => await Task.Delay(Interlocked.Increment(ref calls) == 5 ? Timeout.Infinite : 0, cancellation));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => CallersMeter.MeasureAsync(runtime.Case(), 4, _recorded, Limits(TimeSpan.FromMilliseconds(100)), () => { }));

        Assert.Equal("With 4 callers: A call got no answer within 0.1 s.", failure.Message);
    }

    [Fact]
    public async Task A_launch_that_ends_cancels_the_calls_in_flight_and_does_not_call_them_hung()
    {
        using var ended = new CancellationTokenSource();
        var runtime = new StubRuntime(async cancellation =>
        {
            await ended.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation);
        });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CallersMeter.MeasureAsync(runtime.CaseOfLaunch(ended.Token), 4, _recorded, Limits(s_timeout), () => { }));
    }

    [Fact]
    public async Task A_report_has_the_calls_after_the_lead_in_and_what_they_used()
    {
        int calls = 0;
        var runtime = new StubRuntime(async _ =>
        {
            Interlocked.Increment(ref calls);
            await Task.Yield();
        });

        int before = 0, rounds = 0;
        CallersReport report = await CallersMeter.MeasureAsync(runtime.Case(), 3, _recorded, Limits(s_timeout), () => (before, rounds) = (calls, rounds + 1));

        // One lead-in at least, and none of its calls.
        Assert.InRange(rounds, 2, 6);
        Assert.Equal((3, calls - before), (report.Callers, report.Calls));
        HdrHistogram.HistogramBase histogram = Histograms.Decode(report.Histogram);
        Assert.Equal(report.Calls, histogram.TotalCount);
        Assert.InRange(report.MaxNs, 0, report.WallNs);
        Assert.Equal(report.Calls / (report.WallNs / 1e9), report.CallsPerSecond, report.CallsPerSecond * 1e-9);
        Assert.True(report is { CpuNs: > 0, AllocatedBytes: > 0 });
    }

    private static CallersLimits Limits(TimeSpan callTimeout) => new(LeadIn: TimeSpan.FromMilliseconds(20), Length: TimeSpan.FromMilliseconds(50), callTimeout);

    private static void InterlockedMax(ref int most, int seen)
    {
        int before = most;
        while (seen > before && Interlocked.CompareExchange(ref most, seen, before) is var now && now != before)
        {
            before = now;
        }
    }
}
