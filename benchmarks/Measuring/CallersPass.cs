using System.Diagnostics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Runs concurrent callers. All callers start together, and each awaits and records one call after another until a common
/// deadline. A caller that waits for a slow answer makes fewer calls. So the pass does not show the queueing that a fixed
/// rate of requests would cause.
/// </summary>
internal static class CallersPass
{
    // Calls that complete synchronously never free their thread, so callers beyond the number of threads would not start.
    // Such a caller therefore yields its thread every 1 ms. Queuing it again costs under 1 % of that time.
    private static readonly long s_yieldTicks = Stopwatch.Frequency / 1000;

    /// <summary>
    /// Makes, checks and records the calls. Calls in flight at the deadline are awaited and recorded too. A call with a wrong answer is
    /// counted in <see cref="CaseSetup.Answers"/> and not recorded.
    /// </summary>
    /// <param name="setup">The case.</param>
    /// <param name="callers">The number of callers.</param>
    /// <param name="recorded">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="length">The length of the pass, after which no call starts.</param>
    /// <param name="callTimeout">The longest wait for calls that are in flight at the deadline. A longer call fails as hung.</param>
    /// <returns>
    /// The time from the pass's start to the end of its last call, in Stopwatch ticks, and the process counters at both times.
    /// </returns>
    /// <exception cref="TimeoutException">A call got no answer.</exception>
    public static async Task<(long WallTicks, ProcessCounters Before, ProcessCounters After)> RunAsync(
        CaseSetup setup, int callers, CallsByThread recorded, TimeSpan length, TimeSpan callTimeout)
    {
        recorded.Reset();
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancellation);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        int missing = callers;
        Task<long>[] all = [.. Enumerable.Range(0, callers).Select(caller => Task.Run(() => CallAsync(caller)))];
        await ready.Task;
        hung.CancelAfter(length + callTimeout);
        ProcessCounters before = ProcessCounters.Read();
        long began = Stopwatch.GetTimestamp();
        deadline.SetResult(began + ClockTicks.From(length));
        try
        {
            long[] ends = await Task.WhenAll(all);
            return (ends.Max() - began, before, ProcessCounters.Read());
        }
        catch (OperationCanceledException e) when (!setup.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"A call got no answer within {callTimeout.TotalSeconds} s."), e);
        }

        async Task<long> CallAsync(int caller)
        {
            // Each caller has its own token, because callers with a common token would wait for that token's lock. In a worker, too,
            // each request has its own token.
            using var given = CancellationTokenSource.CreateLinkedTokenSource(hung.Token);
            if (Interlocked.Decrement(ref missing) == 0)
            {
                ready.SetResult();
            }

            return await LoopAsync(setup with { Cancellation = given.Token }, caller, await deadline.Task, recorded);
        }
    }

    private static async Task<long> LoopAsync(CaseSetup setup, int caller, long deadline, CallsByThread recorded)
    {
        long now = Stopwatch.GetTimestamp();
        long end = now;
        long yieldAt = now + s_yieldTicks;
        for (int number = 1; now < deadline; number++)
        {
            // Callers begin with different requests of a mix, so that they do not all send the largest one at once.
            int turn = setup.Turn(caller + number);
            ExecuteRequest request = setup.Requests[turn];
            long start = Stopwatch.GetTimestamp();
            ValueTask<ExecuteResponse> call = setup.Stub.ExecuteAsync(request, setup.Cancellation);
            bool waits = !call.IsCompleted;
            ExecuteResponse answer = await call;
            now = end = Stopwatch.GetTimestamp();
            if (setup.Answers.IsRight(answer, turn))
            {
                recorded.Record(end - start);
            }
            else
            {
                setup.Answers.AddWrong(number, answer, turn);
            }

            if (!waits && now < yieldAt)
            {
                continue;
            }

            if (!waits)
            {
                await Task.Yield();
                now = Stopwatch.GetTimestamp();
            }

            yieldAt = now + s_yieldTicks;
        }

        return end;
    }
}
