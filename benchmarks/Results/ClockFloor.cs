using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>What the clock and the recorder cannot see past, measured in the process that times the calls.</summary>
/// <param name="Frequency">Ticks a second of the clock.</param>
/// <param name="StepNs">The smallest step between two different readings, in ns.</param>
/// <param name="ReadNs">The cost of one reading, in ns; null where it is not known.</param>
/// <param name="RecorderNs">The cost of a timed call beside the call: two readings and the recording, in ns; null where it is not known.</param>
public sealed record ClockFloor(long Frequency, double StepNs, double? ReadNs, double? RecorderNs)
{
    private const int Probes = 200_000;

    /// <summary>No duration below this many ns is known: it would be the clock's own.</summary>
    public double FloorNs => Math.Max(StepNs, ReadNs ?? 0);

    /// <summary>Measures the clock, and the recorder on empty calls.</summary>
    /// <param name="recorder">A recorder like the one that passes use; empty afterwards.</param>
    public static ClockFloor Measure(CallRecorder recorder)
    {
        double nsPerTick = 1e9 / Stopwatch.Frequency;
        // Several times: the first rounds run code that is not compiled to its last tier, the best is the undisturbed one.
        var rounds = Enumerable.Range(0, 40).Select(_ => (Step: SmallestStep(), Read: ReadCost(), Recorder: RecorderCost(recorder))).ToList();
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
