using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>How long a pass goes on.</summary>
/// <param name="Calls">The most calls.</param>
/// <param name="TimeLimit">No call begins after this.</param>
public readonly record struct PassLimits(int Calls, TimeSpan TimeLimit)
{
    /// <summary>The limits that a run was asked for.</summary>
    public static PassLimits Of(RunSettings run) => new(run.Calls, TimeSpan.FromSeconds(run.PassLimitSeconds));
}

/// <summary>The timed loop: one caller, call after call, each awaited and recorded.</summary>
internal static class LatencyPass
{
    /// <summary>A call that is still out this long after its pass should have ended has hung: the runtime's own deadline.</summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Makes and records the calls. The call in flight at the time limit is awaited and recorded too.</summary>
    /// <returns>The loop's wall time, in Stopwatch ticks.</returns>
    /// <exception cref="TimeoutException">A call got no answer.</exception>
    public static async Task<long> RunAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        // A token of its own, so that every call registers with one that can be cancelled, as the caller worker's calls do.
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancellation);
        hung.CancelAfter(limits.TimeLimit + CallTimeout);
        recorder.Reset();
        try
        {
            CaseSetup held = setup with { Cancellation = hung.Token };
            return held.Stub is ISelfTimedStub elsewhere ? await TakeInAsync(elsewhere, held, recorder, limits) : await LoopAsync(held, recorder, limits);
        }
        catch (OperationCanceledException e) when (!setup.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant(
                $"Call {recorder.Count + 1} got no answer within {CallTimeout.TotalSeconds} s."), e);
        }
    }

    private static async Task<long> LoopAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(limits.TimeLimit.TotalSeconds * Stopwatch.Frequency);
        long end = began;
        for (int call = 0; call < limits.Calls && end < deadline; call++)
        {
            long start = Stopwatch.GetTimestamp();
            ExecuteResponse response = await setup.Stub.ExecuteAsync(setup.Request, setup.Cancellation);
            end = Stopwatch.GetTimestamp();
            recorder.Record(start, end, response.ExecutionTimeMs);
        }

        return end - began;
    }

    // Of when each began nothing is known here.
    private static async Task<long> TakeInAsync(ISelfTimedStub elsewhere, CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        SelfTimedCalls made = await elsewhere.TimeAsync(setup.Request, limits.Calls, limits.TimeLimit, setup.Cancellation);
        foreach ((long elapsedNs, double executionMs) in made.ElapsedNs.Zip(made.ExecutionMs))
        {
            recorder.Record(0, Ticks(elapsedNs), executionMs);
        }

        return Ticks(made.WallNs);

        static long Ticks(long ns) => (long)(ns * (Stopwatch.Frequency / 1e9));
    }
}
