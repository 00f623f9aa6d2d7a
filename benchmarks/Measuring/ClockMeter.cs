using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Measures the clock's step, and the time that reading the clock and recording a call take. Calls that are shorter than these
/// times cannot be measured.
/// </summary>
internal static class ClockMeter
{
    private const int Probes = 200_000;

    /// <summary>Returns the clock's step, the time that one clock read takes, and the time that recording an empty call takes.</summary>
    /// <param name="recorder">The recorder to measure, of the same type as the recorder of the passes. Its calls are deleted.</param>
    public static ClockFloor Measure(CallRecorder recorder)
    {
        // The result is the minimum of 40 rounds, because early rounds run code that is not fully optimized yet, and other processes
        // slow some rounds down.
        var rounds = Enumerable.Range(0, 40)
            .Select(_ => (Step: SmallestStep(), Read: ReadCost(), Recorder: RecorderCost(recorder)))
            .ToList();
        recorder.Reset();
        return new ClockFloor(
            Stopwatch.Frequency,
            ClockTicks.ToNs(rounds.Min(round => round.Step)),
            ClockTicks.ToNs(rounds.Min(round => round.Read)),
            ClockTicks.ToNs(rounds.Min(round => round.Recorder)));
    }

    private static double SmallestStep()
    {
        long smallest = long.MaxValue;
        for (int i = 0; i < Probes / 100; i++)
        {
            long first = Stopwatch.GetTimestamp();
            long next;
            do
            {
                next = Stopwatch.GetTimestamp();
            }
            while (next == first);
            smallest = Math.Min(smallest, next - first);
        }

        return smallest;
    }

    private static double ReadCost()
    {
        int reads = Probes / 10;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < reads; i++)
        {
            Stopwatch.GetTimestamp();
        }

        return (Stopwatch.GetTimestamp() - start) / (double)reads;
    }

    private static double RecorderCost(CallRecorder recorder)
    {
        recorder.Reset();
        int calls = Math.Min(recorder.Capacity, Probes / 10);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < calls; i++)
        {
            long before = Stopwatch.GetTimestamp();
            recorder.Record(before, Stopwatch.GetTimestamp(), 0);
        }

        return (Stopwatch.GetTimestamp() - start) / (double)calls;
    }
}
