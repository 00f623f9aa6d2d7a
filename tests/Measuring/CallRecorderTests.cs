using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Measuring;

[Collection(Alone.Name)]
public class CallRecorderTests
{
    [Fact]
    public void Recorded_calls_are_returned_unchanged()
    {
        var recorder = new CallRecorder(capacity: 3);
        recorder.Reset();
        recorder.Record(100, 107, 0.5);
        recorder.Record(110, 110, 0);

        Assert.Equal(2, recorder.Count);
        Assert.Equal([100, 110], recorder.StartTicks.ToArray());
        Assert.Equal([7, 0], recorder.ElapsedTicks.ToArray());
        Assert.Equal([0.5, 0], recorder.ExecutionMs.ToArray());
        Assert.Equal(2, recorder.Disturbances.Length);
    }

    [Fact]
    public void Recording_a_call_allocates_nothing()
    {
        const int Calls = 10_000;
        var recorder = new CallRecorder(Calls);
        recorder.Reset();
        recorder.Record(0, 1, 0);
        recorder.Reset();

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
        {
            recorder.Record(i, i + 1, 0);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Calls, recorder.Count);
    }

    [Theory]
    [InlineData(0, Disturbance.Gen0)]
    [InlineData(1, Disturbance.Gen1)]
    [InlineData(2, Disturbance.Gen2)]
    public void Call_during_collection_is_marked_with_its_generation(int generation, Disturbance expected)
    {
        const Disturbance Collections = Disturbance.Gen0 | Disturbance.Gen1 | Disturbance.Gen2;
        const int Attempts = 100;
        var recorder = new CallRecorder(capacity: 3);
        // A collection of a generation also increments the counts of the younger ones.
        int[] expectedCounts = [.. Enumerable.Range(0, 3).Select(each => each <= generation ? 1 : 0)];
        // Repeated until there was exactly one collection: the collector may collect an older generation than requested.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int[] before = Counts();
            recorder.Reset();
            recorder.Record(0, 1, 0);
            ForcedCollection.Run(generation);
            recorder.Record(2, 3, 0);
            recorder.Record(4, 5, 0);
            if (Counts().Zip(before, (now, then) => now - then).SequenceEqual(expectedCounts))
            {
                Disturbance[] seen = [.. recorder.Disturbances.ToArray().Select(each => each & Collections)];
                Assert.Equal([Disturbance.None, expected, Disturbance.None], seen);
                return;
            }
        }

        Assert.Fail($"Not one of {Attempts} collections was the only one, and of generation {generation}.");

        static int[] Counts() => [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
    }

    [Fact]
    public void Collection_before_a_reset_marks_no_call()
    {
        var recorder = new CallRecorder(capacity: 1);
        ForcedCollection.Run(2);
        recorder.Reset();
        recorder.Record(0, 1, 0);

        Assert.False(recorder.Disturbances[0].HasFlag(Disturbance.Gen2));
    }

    [Fact]
    public void Call_during_a_compilation_is_marked()
    {
        var recorder = new CallRecorder(capacity: 1);
        recorder.Reset();
        // The JIT compiles an expression tree at its first call.
        System.Linq.Expressions.Expression<Func<int, int>> twice = x => x * 2;
        Assert.Equal(42, twice.Compile()(21));
        recorder.Record(0, 1, 0);

        Assert.True(recorder.Disturbances[0].HasFlag(Disturbance.Compilation));
    }

    [Fact]
    public void Clock_meter_returns_positive_costs_and_an_empty_recorder()
    {
        var recorder = new CallRecorder(capacity: 1000);

        ClockFloor clock = ClockMeter.Measure(recorder);

        Assert.Equal(0, recorder.Count);
        Assert.Equal(System.Diagnostics.Stopwatch.Frequency, clock.Frequency);
        Assert.True(clock.StepNs >= 1e9 / clock.Frequency);
        Assert.True(clock.ReadNs > 0 && clock.RecorderNs > 0);
        Assert.Equal(42, (clock with { StepNs = 42, ReadNs = 17 }).FloorNs);
        Assert.Equal(43, (clock with { StepNs = 42, ReadNs = 43 }).FloorNs);
    }
}

/// <summary>Collects a generation and returns after the collection.</summary>
internal static class ForcedCollection
{
    public static void Run(int generation)
    {
#pragma warning disable RS0030 // The test needs a collection, and nothing is timed.
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
#pragma warning restore RS0030
    }
}
