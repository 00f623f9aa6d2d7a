using System.Diagnostics;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Measures the step and the cost of the clock and the recorder. Shorter calls cannot be measured.</summary>
internal static class ClockMeter
{
    private const int Probes = 200_000;

    /// <summary>Measures the clock's step, the cost of a clock read and the cost of recording an empty call.</summary>
    /// <param name="recorder">A recorder like the one of the passes. It is empty afterwards.</param>
    public static ClockFloor Measure(CallRecorder recorder)
    {
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        // The best of 40 rounds: early rounds run code that is not fully optimized yet, and some rounds are disturbed.
        var rounds = Enumerable.Range(0, 40)
            .Select(_ => (Step: SmallestStep(), Read: ReadCost(), Recorder: RecorderCost(recorder)))
            .ToList();
        recorder.Reset();
        return new ClockFloor(
            Stopwatch.Frequency,
            rounds.Min(round => round.Step) * nsPerTick,
            rounds.Min(round => round.Read) * nsPerTick,
            rounds.Min(round => round.Recorder) * nsPerTick);
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
