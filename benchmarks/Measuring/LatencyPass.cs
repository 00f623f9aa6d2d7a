using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The limits of a pass. The pass ends as soon as one of the two limits is reached.</summary>
/// <param name="Calls">The largest number of calls in the pass.</param>
/// <param name="TimeLimit">The time after which no call starts.</param>
public readonly record struct PassLimits(int Calls, TimeSpan TimeLimit)
{
    /// <summary>The number of calls that the pass makes even if they take longer than the time limit.</summary>
    public int LeastCalls { get; init; }

    /// <summary>
    /// Ends the pass before both limits if the percentiles of its calls are narrow. Checked between two calls, after each sixteenth of the
    /// time limit. Null if the pass always continues to a limit.
    /// </summary>
    public NarrowPercentiles? EarlyEnd { get; init; }

    /// <summary>Returns the pass limits that the run's settings contain.</summary>
    public static PassLimits Of(RunSettings run) => new(run.Calls, TimeSpan.FromSeconds(run.PassLimitSeconds));
}

/// <summary>Describes how the loop of a pass ended.</summary>
/// <param name="WallTicks">The loop's duration, in Stopwatch ticks.</param>
/// <param name="Early">Whether <see cref="PassLimits.EarlyEnd"/> ended the pass.</param>
internal readonly record struct LoopEnd(long WallTicks, bool Early);

/// <summary>The loop that times calls: one caller awaits and records one call after another.</summary>
internal static class LatencyPass
{
    /// <summary>
    /// The longest wait for the call that is in flight at the time limit. A longer call fails as hung. The runtime worker's
    /// own deadline for a call has the same length.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The number of parts of the time limit. A pass that may end early is checked after each part but the last.</summary>
    public const int CheckedParts = 16;

    /// <summary>Makes and records the calls. The call in flight at the time limit is awaited and recorded too.</summary>
    /// <exception cref="TimeoutException">A call got no answer.</exception>
    public static async Task<LoopEnd> RunAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        // Each call registers with this cancellable token, because a caller worker's calls also register with a cancellable token.
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancellation);
        hung.CancelAfter(limits.TimeLimit + CallTimeout);
        recorder.Reset();
        try
        {
            CaseSetup limited = setup with { Cancellation = hung.Token };
            return limited.Stub is ISelfTimedStub selfTimed
                ? await RecordSelfTimedAsync(selfTimed, limited, recorder, limits)
                : await LoopAsync(limited, recorder, limits);
        }
        catch (OperationCanceledException e) when (!setup.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant(
                $"Call {recorder.Count + 1} got no answer within {CallTimeout.TotalSeconds} s."), e);
        }
    }

    private static async Task<LoopEnd> LoopAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        long began = Stopwatch.GetTimestamp();
        long limit = ClockTicks.From(limits.TimeLimit);
        int parts = limits.EarlyEnd is null ? 1 : CheckedParts;
        int call = 0;
        long end = began;
        for (int part = 1; part <= parts; part++)
        {
            long deadline = began + (limit * part / parts);
            for (; call < limits.Calls && (end < deadline || call < limits.LeastCalls); call++)
            {
                long start = Stopwatch.GetTimestamp();
                ExecuteResponse response = await setup.Stub.ExecuteAsync(setup.Request, setup.Cancellation);
                end = Stopwatch.GetTimestamp();
                recorder.Record(start, end, response.ExecutionTimeMs);
            }

            if (part < parts && call < limits.Calls && limits.EarlyEnd!.AreNarrow(recorder.ElapsedTicks))
            {
                return new LoopEnd(end - began, Early: true);
            }
        }

        return new LoopEnd(end - began, Early: false);
    }

    // Records calls that another process made and timed. Their start times are unknown, so 0 is recorded as their start.
    private static async Task<LoopEnd> RecordSelfTimedAsync(
        ISelfTimedStub selfTimed, CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        SelfTimedCalls calls = await selfTimed.TimeAsync(setup.Request, limits.Calls, limits.TimeLimit, setup.Cancellation);
        foreach ((long elapsedNs, double executionMs) in calls.ElapsedNs.Zip(calls.ExecutionMs))
        {
            recorder.Record(0, ClockTicks.FromNs(elapsedNs), executionMs);
        }

        return new LoopEnd(ClockTicks.FromNs(calls.WallNs), Early: false);
    }
}
