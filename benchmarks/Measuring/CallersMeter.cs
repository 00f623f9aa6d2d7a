using System.Diagnostics;
using System.Runtime;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>How long callers go on.</summary>
/// <param name="LeadIn">The callers first run unrecorded for so long.</param>
/// <param name="Length">The callers then begin no call after this.</param>
/// <param name="CallTimeout">A call that is still out this long after that has hung.</param>
internal readonly record struct CallersLimits(TimeSpan LeadIn, TimeSpan Length, TimeSpan CallTimeout)
{
    /// <summary>
    /// Those of a launch. Many callers make a p99's thousand calls well within a second, and what differs from launch to
    /// launch no longer second tells; the lead-in opens connections and is longer than the 100 ms without new code after
    /// which the runtime recompiles what has become hot.
    /// </summary>
    public static CallersLimits OfLaunch { get; } = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1), LatencyPass.CallTimeout);
}

/// <summary>Runs callers and reports them: what each call took, and what the process used meanwhile.</summary>
internal static class CallersMeter
{
    // As long as WarmUp.SettleAsync goes on for one caller.
    private const int MaxLeadIns = 5;

    /// <summary>Runs a case's calls by some callers at once, and reports them.</summary>
    /// <param name="setup">The case.</param>
    /// <param name="callers">How many call at once.</param>
    /// <param name="recorded">Emptied and used.</param>
    /// <param name="limits">How long they go on.</param>
    /// <param name="alive">Called before each of their rounds, lead-in or not: slow calls of many callers make a round long.</param>
    /// <exception cref="InvalidOperationException">A call failed or got no answer; the message says with how many callers.</exception>
    public static async Task<CallersReport> MeasureAsync(CaseSetup setup, int callers, CallsByThread recorded, CallersLimits limits, Action alive)
    {
        try
        {
            await LeadInAsync(setup, callers, recorded, limits, alive);
            alive();
            // The lead-in's calls have all ended: what the process uses from here on belongs to the calls that are counted.
            (long wallTicks, ProcessCounters before, ProcessCounters after) = await CallersPass.RunAsync(setup, callers, recorded, limits.Length, limits.CallTimeout);
            int calls = recorded.Count;
            return calls > 0
                ? Report(callers, recorded, wallTicks, after.Since(before, calls))
                : throw new TimeoutException(FormattableString.Invariant($"None of them got a turn within {limits.Length.TotalSeconds} s."));
        }
        catch (Exception e) when (!setup.Cancellation.IsCancellationRequested)
        {
            throw new InvalidOperationException(FormattableString.Invariant($"With {callers} caller{(callers == 1 ? "" : "s")}: {e.Message}"), e);
        }
    }

    private static CallersReport Report(int callers, CallsByThread recorded, long wallTicks, ProcessReport process)
    {
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        return new CallersReport
        {
            Callers = callers,
            Calls = recorded.Count,
            WallNs = wallTicks * nsPerTick,
            Histogram = Histograms.Encode(recorded.Merge()),
            MaxNs = recorded.MaxTicks * nsPerTick,
            CpuNs = process.CpuNs,
            AllocatedBytes = process.AllocatedBytes,
        };
    }

    private static async Task LeadInAsync(CaseSetup setup, int callers, CallsByThread recorded, CallersLimits limits, Action alive)
    {
        for (int leadIn = 0; leadIn < MaxLeadIns; leadIn++)
        {
            alive();
            long compiled = JitInfo.GetCompiledMethodCount();
            await CallersPass.RunAsync(setup, callers, recorded, limits.LeadIn, limits.CallTimeout);
            if (JitInfo.GetCompiledMethodCount() == compiled)
            {
                return;
            }
        }
    }
}
