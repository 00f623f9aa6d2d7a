using System.Diagnostics;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Callers in a closed loop: all begin together, and each makes call after call, awaited and recorded, until a common
/// deadline. Blind to how calls wait at a given rate of requests: where answers come late, the callers call less.
/// </summary>
internal static class CallersPass
{
    // What never waits, as an inline call, would keep its thread until the deadline, and more callers than threads would
    // never begin. Such callers take turns, as requests in a worker do. It costs a place in the pool's queue a turn: in a
    // thousandth of a second it is lost.
    private static readonly long s_turnTicks = Stopwatch.Frequency / 1000;

    /// <summary>Makes and records the calls; each that is in flight at the deadline is awaited and recorded too.</summary>
    /// <param name="setup">The case.</param>
    /// <param name="callers">How many call at once.</param>
    /// <param name="recorded">Emptied and used.</param>
    /// <param name="length">No call begins after this.</param>
    /// <param name="callTimeout">A call that is still out this long after that has hung.</param>
    /// <returns>From the beginning to the end of the last call, in Stopwatch ticks, and the process's counters at both.</returns>
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
            // A token of its own, as each of a worker's requests has: at one for all, callers would wait for its lock.
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
        long turnEnds = now + s_turnTicks;
        while (now < deadline)
        {
            long start = Stopwatch.GetTimestamp();
            ValueTask<ExecuteResponse> call = setup.Stub.ExecuteAsync(setup.Request, setup.Cancellation);
            bool waits = !call.IsCompleted;
            await call;
            now = end = Stopwatch.GetTimestamp();
            recorded.Record(end - start);
            if (!waits && now < turnEnds)
            {
                continue;
            }

            if (!waits)
            {
                await Task.Yield();
                now = Stopwatch.GetTimestamp();
            }

            turnEnds = now + s_turnTicks;
        }

        return end;
    }
}
