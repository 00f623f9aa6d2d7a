using System.Runtime;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The time limits of a measurement with several concurrent callers.</summary>
/// <param name="LeadIn">The length of one lead-in: a warm-up whose calls do not count.</param>
/// <param name="Length">The length of the counted part, after which no call starts.</param>
/// <param name="CallTimeout">The longest wait for calls that are in flight when the counted part ends. A longer call fails as hung.</param>
internal readonly record struct CallersLimits(TimeSpan LeadIn, TimeSpan Length, TimeSpan CallTimeout)
{
    /// <summary>
    /// The time limits that a launch uses. In 1 s the callers make the 1,000 calls that a p99 needs. A longer measurement would
    /// not show the differences between launches. The lead-in is a warm-up that opens connections. It lasts 200 ms, because
    /// tiered compilation recompiles hot methods only after 100 ms in which no new method was called.
    /// </summary>
    public static CallersLimits OfLaunch { get; } =
        new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), LatencyPass.CallTimeout);
}

/// <summary>Measures several concurrent callers: the duration of each call, and the resources that the process used.</summary>
internal static class CallersMeter
{
    // 5 lead-ins (warm-ups) of 200 ms last 1 s. That is also the longest time that WarmUp.SettleAsync warms up a case with one caller.
    private const int MaxLeadIns = 5;

    /// <summary>Measures a case with several concurrent callers.</summary>
    /// <param name="setup">The case.</param>
    /// <param name="callers">The number of callers.</param>
    /// <param name="recorded">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="limits">The time limits.</param>
    /// <param name="onProgress">Called before each lead-in and before the counted part, so that the caller can show progress.</param>
    /// <exception cref="InvalidOperationException">
    /// A call failed or got no answer, or every answer was wrong. The message contains the number of callers.
    /// </exception>
    public static async Task<CallersReport> MeasureAsync(
        CaseSetup setup, int callers, CallsByThread recorded, CallersLimits limits, Action onProgress)
    {
        setup.Answers.Reset();
        try
        {
            await LeadInAsync(setup, callers, recorded, limits, onProgress);
            onProgress();
            // All calls of the lead-in have completed, so the process counters cover only the calls of the counted part.
            (long wallTicks, ProcessCounters before, ProcessCounters after) =
                await CallersPass.RunAsync(setup, callers, recorded, limits.Length, limits.CallTimeout);
            int calls = recorded.Count;
            int failed = setup.Answers.Failed;
            setup.Answers.AddCalls(calls + failed);
            return calls > 0
                ? Report(callers, recorded, wallTicks, after.Since(before, calls)) with { FailedCalls = failed > 0 ? failed : null }
                : throw new TimeoutException(setup.Answers.Failure
                    ?? FormattableString.Invariant($"None of them got a turn within {limits.Length.TotalSeconds} s."));
        }
        catch (Exception e) when (!setup.Cancellation.IsCancellationRequested)
        {
            string plural = callers == 1 ? "" : "s";
            throw new InvalidOperationException(FormattableString.Invariant($"With {callers} caller{plural}: {e.Message}"), e);
        }
    }

    private static CallersReport Report(int callers, CallsByThread recorded, long wallTicks, ProcessReport process)
    {
        return new CallersReport
        {
            Callers = callers,
            Calls = recorded.Count,
            WallNs = ClockTicks.ToNs(wallTicks),
            Histogram = Histograms.Encode(recorded.Merge()),
            MaxNs = ClockTicks.ToNs(recorded.MaxTicks),
            CpuNs = process.CpuNs,
            AllocatedBytes = process.AllocatedBytes,
        };
    }

    // Runs lead-ins (warm-ups) until no method is compiled during one of them, but at most 5 lead-ins.
    private static async Task LeadInAsync(
        CaseSetup setup, int callers, CallsByThread recorded, CallersLimits limits, Action onProgress)
    {
        for (int leadIn = 0; leadIn < MaxLeadIns; leadIn++)
        {
            onProgress();
            long compiled = JitInfo.GetCompiledMethodCount();
            await CallersPass.RunAsync(setup, callers, recorded, limits.LeadIn, limits.CallTimeout);
            if (JitInfo.GetCompiledMethodCount() == compiled)
            {
                return;
            }
        }
    }
}
