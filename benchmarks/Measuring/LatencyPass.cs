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
    public static PassLimits Of(RunSettings run) =>
        new(run.Calls, TimeSpan.FromSeconds(run.PassLimitSeconds)) { LeastCalls = Math.Min(run.LeastCalls ?? 0, run.Calls) };
}

/// <summary>Describes how the loop of a pass ended.</summary>
/// <param name="WallTicks">The time from the start of the first call until the last call returned, in Stopwatch ticks.</param>
/// <param name="CheckingTicks">The time in which the loop checked the answers, between the calls, in Stopwatch ticks.</param>
/// <param name="Early">Whether <see cref="PassLimits.EarlyEnd"/> ended the pass.</param>
internal readonly record struct LoopEnd(long WallTicks, long CheckingTicks, bool Early);

/// <summary>The loop that times calls: one caller awaits, checks and records one call after another.</summary>
internal static class LatencyPass
{
    /// <summary>
    /// The longest wait for the call that is in flight at the time limit. A longer call fails as hung. The runtime worker's
    /// own deadline for a call has the same length.
    /// </summary>
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    /// <summary>The number of parts of the time limit. A pass that may end early is checked after each part but the last.</summary>
    public const int CheckedParts = 16;

    /// <summary>
    /// Makes, checks and records the calls. The call in flight at the time limit is awaited and recorded too. A call that fails or has a
    /// wrong answer is counted in <see cref="CaseSetup.Answers"/> and not recorded, and the next call follows. A call that hangs ends the
    /// pass.
    /// </summary>
    /// <exception cref="TimeoutException">A call got no answer, and no call before it had one.</exception>
    public static async Task<LoopEnd> RunAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        // Each call registers with this cancellable token, because a caller worker's calls also register with a cancellable token.
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancellation);
        hung.CancelAfter(limits.TimeLimit + CallTimeout);
        recorder.Reset();
        CaseSetup limited = setup with { Cancellation = hung.Token };
        if (limited.Stub is ISelfTimedStub selfTimed)
        {
            try
            {
                return await RecordSelfTimedAsync(selfTimed, limited, recorder, limits);
            }
            catch (OperationCanceledException e) when (!setup.Cancellation.IsCancellationRequested)
            {
                throw Hung(recorder.Count + 1, e);
            }
        }

        var loop = new Loop(recorder, limits, hung);
        try
        {
            while (await FailsAsync(limited, recorder, limits, loop, setup.Cancellation))
            {
            }
        }
        finally
        {
            setup.Answers.AddCalls(loop.Calls);
        }

        return new LoopEnd(loop.EndTicks - loop.BeganTicks, loop.CheckingTicks, loop.EndsEarly);
    }

    // Makes calls until the pass ends or a call throws. Nothing but the call lies between the two readings of the clock.
    private static async Task LoopAsync(CaseSetup setup, CallRecorder recorder, PassLimits limits, Loop loop)
    {
        for (long end = loop.EndTicks; loop.Calls < limits.Calls && loop.Goes(end); loop.EndTicks = end)
        {
            int turn = setup.Turn(setup.Answers.Calls + loop.Calls);
            ExecuteRequest request = setup.Requests[turn];
            long start = Stopwatch.GetTimestamp();
            ExecuteResponse response = await setup.Stub.ExecuteAsync(request, setup.Cancellation);
            end = Stopwatch.GetTimestamp();
            bool isRight = setup.Answers.IsRight(response, turn);
            loop.CheckingTicks += Math.Min(Stopwatch.GetTimestamp() - end, Loop.MaxCheckingTicks);
            loop.Calls++;
            if (isRight)
            {
                recorder.Record(start, end, response.ExecutionTimeMs);
            }
            else
            {
                setup.Answers.AddWrong(loop.Calls, response, turn);
            }
        }
    }

    // Makes calls until the pass ends or a call fails. Returns whether a call failed after which the pass goes on.
    private static async Task<bool> FailsAsync(
        CaseSetup setup, CallRecorder recorder, PassLimits limits, Loop loop, CancellationToken ended)
    {
        try
        {
            await LoopAsync(setup, recorder, limits, loop);
            return false;
        }
        catch (Exception e) when (!ended.IsCancellationRequested)
        {
            bool hangs = setup.Cancellation.IsCancellationRequested;
            loop.EndTicks = Stopwatch.GetTimestamp();
            loop.Calls++;
            setup.Answers.AddFailed(
                loop.Calls, hangs ? FormattableString.Invariant($"no answer within {CallTimeout.TotalSeconds} s") : e.Message);
            return hangs && recorder.Count == 0 ? throw Hung(loop.Calls, e) : !hangs;
        }
    }

    private static TimeoutException Hung(int call, Exception e) =>
        new(FormattableString.Invariant($"Call {call} got no answer within {CallTimeout.TotalSeconds} s."), e);

    // Records calls that another process made and timed. Their start times are unknown, so 0 is recorded as their start.
    private static async Task<LoopEnd> RecordSelfTimedAsync(
        ISelfTimedStub selfTimed, CaseSetup setup, CallRecorder recorder, PassLimits limits)
    {
        SelfTimedCalls calls = await selfTimed.TimeAsync(setup.Request, limits.Calls, limits.TimeLimit, setup.Cancellation);
        foreach ((long elapsedNs, double executionMs) in calls.ElapsedNs.Zip(calls.ExecutionMs))
        {
            recorder.Record(0, ClockTicks.FromNs(elapsedNs), executionMs);
        }

        return new LoopEnd(ClockTicks.FromNs(calls.WallNs), CheckingTicks: 0, Early: false);
    }

    /// <summary>What a loop has done so far. It outlives a call that throws.</summary>
    private sealed class Loop
    {
        // A check takes far less than 1 ms. A longer one was interrupted, so the rest is a stall and not the cost of checking.
        public static readonly long MaxCheckingTicks = Stopwatch.Frequency / 1000;

        private readonly CallRecorder _recorder;
        private readonly PassLimits _limits;
        private readonly CancellationTokenSource _hung;
        private readonly long _limitTicks;
        private readonly int _parts;
        private int _part = 1;
        private long _partEnd;

        public Loop(CallRecorder recorder, PassLimits limits, CancellationTokenSource hung)
        {
            (_recorder, _limits, _hung) = (recorder, limits, hung);
            _limitTicks = ClockTicks.From(limits.TimeLimit);
            _parts = limits.EarlyEnd is null ? 1 : CheckedParts;
            BeganTicks = EndTicks = Stopwatch.GetTimestamp();
            _partEnd = EndOf(_part);
        }

        public long BeganTicks { get; }

        public long EndTicks { get; set; }

        public long CheckingTicks { get; set; }

        public int Calls { get; set; }

        /// <summary>Whether the percentiles of the calls were narrow before the time limit.</summary>
        public bool EndsEarly { get; private set; }

        /// <summary>Whether the next call starts. After the time limit, only the least number of calls is completed.</summary>
        public bool Goes(long now) => now < _partEnd || GoesBeyondPart(now);

        private bool GoesBeyondPart(long now)
        {
            if (Calls < _limits.LeastCalls)
            {
                if (now >= EndOf(_parts))
                {
                    _hung.CancelAfter(CallTimeout);
                }

                return true;
            }

            EndsEarly = _part < _parts && _limits.EarlyEnd!.AreNarrow(_recorder.ElapsedTicks);
            while (_part < _parts && now >= _partEnd)
            {
                _partEnd = EndOf(++_part);
            }

            return !EndsEarly && now < _partEnd;
        }

        private long EndOf(int part) => BeganTicks + (_limitTicks * part / _parts);
    }
}
