using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Runs a pass and reports the durations of its calls and the resources that the process used.</summary>
internal static class PassMeter
{
    /// <summary>Runs a pass of a case and reports it.</summary>
    /// <param name="setup">The case. Its failed calls so far are forgotten.</param>
    /// <param name="recorder">The recorder of the calls. Earlier calls are deleted.</param>
    /// <param name="limits">The limits of the pass.</param>
    /// <param name="launch">The launch's number.</param>
    /// <param name="starting">Called before the first call.</param>
    /// <param name="ended">Called after the last call.</param>
    /// <exception cref="TimeoutException">A call got no answer, and no call before it had one.</exception>
    /// <exception cref="InvalidOperationException">Every call failed.</exception>
    public static async Task<PassReport> MeasureAsync(
        CaseSetup setup, CallRecorder recorder, PassLimits limits, int launch, Action starting, Action ended)
    {
        // The two callbacks, starting and ended, allocate memory. They run outside the two counter readings, so their allocations
        // are not counted.
        setup.Answers.Reset();
        starting();
        Traffic trafficBefore = setup.Stub.Traffic;
        ProcessCounters before = ProcessCounters.Read();
        LoopEnd end = await LatencyPass.RunAsync(setup, recorder, limits);
        ProcessCounters after = ProcessCounters.Read();
        Traffic traffic = setup.Stub.Traffic;
        long movedBytes = traffic.SentBytes + traffic.ReceivedBytes - trafficBefore.SentBytes - trafficBefore.ReceivedBytes;
        ended();
        int failed = setup.Answers.Failed;
        if (recorder.Count == 0 && failed > 0)
        {
            throw new InvalidOperationException(setup.Answers.Failure);
        }

        double checkingNs = ClockTicks.ToNs(end.CheckingTicks);
        PassReport report = Report(recorder, Stopwatch.Frequency, limits, launch) with
        {
            HitTimeLimit = recorder.Count + failed < limits.Calls,
            DelegationHistogram = Histograms.Encode(Fill(DelegationTicks(recorder, Stopwatch.Frequency), Stopwatch.Frequency, out _)),
            WallNs = ClockTicks.ToNs(end.WallTicks),
            CheckingNs = checkingNs,
            FailedCalls = failed > 0 ? failed : null,
        };
        if (end.Early)
        {
            report = report with { HitTimeLimit = false, EndedEarly = true };
        }

        // If another process made the calls, the report omits this process's counters, because they do not include the calls.
        return setup.Stub is ISelfTimedStub ? report : report with
        {
            Process = LessChecking(after.Since(before, recorder.Count), checkingNs / recorder.Count),
            MovedBytes = (double)movedBytes / recorder.Count,
            Stalls = StallsOf(recorder),
            Tail = TailOf(recorder),
        };
    }

    /// <summary>
    /// Reports the durations of recorded calls. Figures that need counters of the process (allocation, processor time) stay
    /// null.
    /// </summary>
    /// <param name="recorder">The recorded calls, at least one.</param>
    /// <param name="frequency">The clock's ticks per second.</param>
    /// <param name="limits">The limits of the pass.</param>
    /// <param name="launch">The launch's number.</param>
    public static PassReport Report(CallRecorder recorder, long frequency, PassLimits limits, int launch)
    {
        double nsPerTick = 1e9 / frequency;
        ReadOnlySpan<long> elapsed = recorder.ElapsedTicks;
        int calls = elapsed.Length;
        int third = Math.Max(calls / 3, 1);
        LongHistogram histogram = Fill(elapsed, frequency, out int aboveCeiling);
        long sum = 0;
        foreach (long ticks in elapsed)
        {
            sum += ticks;
        }

        return new PassReport
        {
            Launch = launch,
            Calls = calls,
            HitTimeLimit = calls < limits.Calls,
            Histogram = Histograms.Encode(histogram),
            DelegationHistogram = null,
            AboveCeiling = aboveCeiling,
            MeanNs = sum * nsPerTick / calls,
            MinNs = Min(elapsed) * nsPerTick,
            MaxNs = Max(elapsed) * nsPerTick,
            WallNs = null,
            ParentNs = null,
            Process = null,
            MovedBytes = null,
            FirstThirdP50Ns = Medians.Lower(elapsed[..third].ToArray()) * nsPerTick,
            LastThirdP50Ns = Medians.Lower(elapsed[^third..].ToArray()) * nsPerTick,
            Stalls = null,
            Tail = null,
            Callers = [],
        };
    }

    // One thread checks the answers, and uses processor time all the while.
    private static ProcessReport LessChecking(ProcessReport process, double checkingNs) =>
        process with { CpuNs = Math.Max(0, process.CpuNs - checkingNs) };

    private static long[] DelegationTicks(CallRecorder recorder, long frequency)
    {
        long[] ticks = new long[recorder.Count];
        for (int i = 0; i < ticks.Length; i++)
        {
            // The function runs within the call, so only rounding errors can make this difference negative. Then it is set to 0.
            ticks[i] = Math.Max(0, recorder.ElapsedTicks[i] - (long)(recorder.ExecutionMs[i] * frequency / 1e3));
        }

        return ticks;
    }

    private static LongHistogram Fill(ReadOnlySpan<long> elapsed, long frequency, out int aboveCeiling)
    {
        LongHistogram histogram = Histograms.Create(frequency);
        long ceiling = Histograms.CeilingTicks(frequency);
        aboveCeiling = 0;
        foreach (long ticks in elapsed)
        {
            aboveCeiling += ticks > ceiling ? 1 : 0;
            histogram.RecordValue(Math.Min(ticks, ceiling));
        }

        return histogram;
    }

    private static TailReport? TailOf(CallRecorder recorder)
    {
        if (recorder.Count < Histograms.MinCalls(0.99))
        {
            return null;
        }

        // ValueAt returns the upper end of the histogram's bucket that contains the 99th percentile. The tail starts at the lower
        // end of this bucket, so it includes all calls of the bucket.
        LongHistogram histogram = Fill(recorder.ElapsedTicks, Stopwatch.Frequency, out _);
        long p99Ticks = histogram.LowestEquivalentValue(Histograms.ValueAt(histogram, 0.99));
        int calls = 0, gen2 = 0, gen1 = 0, gen0 = 0, compilation = 0;
        for (int i = 0; i < recorder.Count; i++)
        {
            if (recorder.ElapsedTicks[i] < p99Ticks)
            {
                continue;
            }

            calls++;
            Disturbance seen = recorder.Disturbances[i];
            if (seen.HasFlag(Disturbance.Gen2))
            {
                gen2++;
            }
            else if (seen.HasFlag(Disturbance.Gen1))
            {
                gen1++;
            }
            else if (seen.HasFlag(Disturbance.Gen0))
            {
                gen0++;
            }
            else if (seen.HasFlag(Disturbance.Compilation))
            {
                compilation++;
            }
        }

        return new TailReport(calls, gen2, gen1, gen0, compilation);
    }

    private static StallReport StallsOf(CallRecorder recorder)
    {
        long minTicks = Medians.Lower(recorder.ElapsedTicks.ToArray()) + ClockTicks.FromNs(PassReport.StallMs * 1e6);
        int calls = 0, collections = 0, compilation = 0;
        long ticks = 0;
        for (int i = 0; i < recorder.Count; i++)
        {
            if (recorder.ElapsedTicks[i] < minTicks)
            {
                continue;
            }

            calls++;
            ticks += recorder.ElapsedTicks[i];
            Disturbance seen = recorder.Disturbances[i];
            collections += (seen & ~Disturbance.Compilation) != Disturbance.None ? 1 : 0;
            compilation += seen == Disturbance.Compilation ? 1 : 0;
        }

        return new StallReport(calls, ClockTicks.ToNs(ticks), collections, compilation);
    }

    private static long Min(ReadOnlySpan<long> values)
    {
        long min = long.MaxValue;
        foreach (long value in values)
        {
            min = Math.Min(min, value);
        }

        return min;
    }

    private static long Max(ReadOnlySpan<long> values)
    {
        long max = 0;
        foreach (long value in values)
        {
            max = Math.Max(max, value);
        }

        return max;
    }
}
