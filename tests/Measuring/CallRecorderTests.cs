using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Measuring;

[Collection(Alone.Name)]
public class CallRecorderTests
{
    [Fact]
    public void Calls_are_kept_exactly_as_they_were_recorded()
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
    public void A_call_during_which_a_collection_paused_the_process_is_marked_with_its_generation_and_no_other_is(int generation, Disturbance expected)
    {
        const Disturbance Collections = Disturbance.Gen0 | Disturbance.Gen1 | Disturbance.Gen2;
        const int Attempts = 100;
        var recorder = new CallRecorder(capacity: 3);
        // The collector may take an older generation than it was asked for, and other tests provoke collections of their own.
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            int[] before = Counts();
            recorder.Reset();
            recorder.Record(0, 1, 0);
            ProvokedCollection.Run(generation);
            recorder.Record(2, 3, 0);
            recorder.Record(4, 5, 0);
            // One of a generation counts as one of each younger one.
            if (Counts().Zip(before, (now, then) => now - then).SequenceEqual(Enumerable.Range(0, 3).Select(each => each <= generation ? 1 : 0)))
            {
                Assert.Equal([Disturbance.None, expected, Disturbance.None], recorder.Disturbances.ToArray().Select(seen => seen & Collections));
                return;
            }
        }

        Assert.Fail($"Not one of {Attempts} collections was the only one, and of generation {generation}.");

        static int[] Counts() => [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
    }

    [Fact]
    public void What_happened_before_a_reset_marks_no_call_after_it()
    {
        var recorder = new CallRecorder(capacity: 1);
        ProvokedCollection.Run(2);
        recorder.Reset();
        recorder.Record(0, 1, 0);

        Assert.False(recorder.Disturbances[0].HasFlag(Disturbance.Gen2));
    }

    [Fact]
    public void A_call_during_which_a_method_was_compiled_is_marked()
    {
        var recorder = new CallRecorder(capacity: 1);
        recorder.Reset();
        // An expression tree is compiled when it is first called.
        System.Linq.Expressions.Expression<Func<int, int>> twice = x => x * 2;
        Assert.Equal(42, twice.Compile()(21));
        recorder.Record(0, 1, 0);

        Assert.True(recorder.Disturbances[0].HasFlag(Disturbance.Compilation));
    }

    [Fact]
    public void Measuring_the_clock_leaves_the_recorder_empty_and_a_floor_above_zero()
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

/// <summary>A collection of exactly one generation, done when it returns.</summary>
internal static class ProvokedCollection
{
    public static void Run(int generation)
    {
#pragma warning disable RS0030 // Nothing is timed here: the test is about how a collection is attributed.
        GC.Collect(generation, GCCollectionMode.Forced, blocking: true);
#pragma warning restore RS0030
    }
}
