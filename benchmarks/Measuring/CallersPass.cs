using System.Diagnostics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Runs concurrent callers in a closed loop. All callers start together; each awaits and records one call after another
/// until a common deadline. Does not show queueing at a fixed rate of requests, because slow answers slow the callers down.
/// </summary>
internal static class CallersPass
{
    // A call that completes synchronously never frees its thread, so more callers than threads would not all start.
    // Such callers yield after 1 ms. Re-queuing costs under 1 % of that time.
    private static readonly long s_yieldTicks = Stopwatch.Frequency / 1000;

    /// <summary>Makes and records the calls. Calls in flight at the deadline are awaited and recorded too.</summary>
    /// <param name="setup">The case.</param>
    /// <param name="callers">The number of callers.</param>
    /// <param name="recorded">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="length">The length of the pass. No call starts later.</param>
    /// <param name="callTimeout">The longest wait for calls in flight at the deadline. A call that takes longer has hung.</param>
    /// <returns>The time from the start to the end of the last call, in Stopwatch ticks, and the counters at both times.</returns>
    /// <exception cref="TimeoutException">A call got no answer.</exception>
    public static async Task<(long WallTicks, ProcessCounters Before, ProcessCounters After)> RunAsync(
        CaseSetup setup, int callers, CallsByThread recorded, TimeSpan length, TimeSpan callTimeout)
    {
        recorded.Reset();
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancellation);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var deadline = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        int missing = callers;
        Task<long>[] all = [.. Enumerable.Range(0, callers).Select(_ => Task.Run(CallAsync))];
        await ready.Task;
        hung.CancelAfter(length + callTimeout);
        ProcessCounters before = ProcessCounters.Read();
        long began = Stopwatch.GetTimestamp();
        deadline.SetResult(began + (long)(length.TotalSeconds * Stopwatch.Frequency));
        try
        {
            long[] ends = await Task.WhenAll(all);
            return (ends.Max() - began, before, ProcessCounters.Read());
        }
        catch (OperationCanceledException e) when (!setup.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"A call got no answer within {callTimeout.TotalSeconds} s."), e);
        }

        async Task<long> CallAsync()
        {
            // One token per caller: with a common token the callers would wait for its lock. A worker's requests have one each.
            using var given = CancellationTokenSource.CreateLinkedTokenSource(hung.Token);
            if (Interlocked.Decrement(ref missing) == 0)
            {
                ready.SetResult();
            }

            return await LoopAsync(setup with { Cancellation = given.Token }, await deadline.Task, recorded);
        }
    }

    private static async Task<long> LoopAsync(CaseSetup setup, long deadline, CallsByThread recorded)
    {
        long now = Stopwatch.GetTimestamp();
        long end = now;
        long yieldAt = now + s_yieldTicks;
        while (now < deadline)
        {
            long start = Stopwatch.GetTimestamp();
            ValueTask<ExecuteResponse> call = setup.Stub.ExecuteAsync(setup.Request, setup.Cancellation);
            bool waits = !call.IsCompleted;
            await call;
            now = end = Stopwatch.GetTimestamp();
            recorded.Record(end - start);
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
