using System.Runtime;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>The garbage collections and compilations that happened in the process during a call. They may have delayed it.</summary>
[Flags]
public enum Disturbance : byte
{
    /// <summary>The process neither paused for a collection nor compiled a method during the call.</summary>
    None = 0,

    /// <summary>The process paused for a collection of generation 0.</summary>
    Gen0 = 1,

    /// <summary>The process paused for a collection of generation 1.</summary>
    Gen1 = 2,

    /// <summary>The process paused for a full collection or for a background collection.</summary>
    Gen2 = 4,

    /// <summary>The just-in-time compiler compiled a method.</summary>
    Compilation = 8,
}

/// <summary>
/// Records each call of a pass: its start, its duration, the function's own run time, and disturbances (collections and
/// compilations). The arrays are allocated once, so recording a call is only a few writes to memory. Histograms are filled
/// after the pass.
/// </summary>
/// <param name="capacity">The largest number of calls in a pass.</param>
public class CallRecorder(int capacity)
{
    private readonly long[] _startTicks = new long[capacity];
    private readonly long[] _elapsedTicks = new long[capacity];
    private readonly double[] _executionMs = new double[capacity];
    private readonly Disturbance[] _disturbances = new Disturbance[capacity];

    private TimeSpan _paused;
    private int _gen0;
    private int _gen1;
    private int _gen2;
    private int _compiled;

    /// <summary>The largest number of calls that can be recorded.</summary>
    public int Capacity => capacity;

    /// <summary>The number of recorded calls.</summary>
    public int Count { get; private set; }

    /// <summary>The start of each call, in Stopwatch ticks.</summary>
    public ReadOnlySpan<long> StartTicks => _startTicks.AsSpan(0, Count);

    /// <summary>The duration of each call, in Stopwatch ticks.</summary>
    public ReadOnlySpan<long> ElapsedTicks => _elapsedTicks.AsSpan(0, Count);

    /// <summary>The function's run time within each call, in ms, measured by the runtime worker.</summary>
    public ReadOnlySpan<double> ExecutionMs => _executionMs.AsSpan(0, Count);

    /// <summary>The collections and compilations that happened during each call.</summary>
    public ReadOnlySpan<Disturbance> Disturbances => _disturbances.AsSpan(0, Count);

    /// <summary>Deletes all recorded calls. Collections and compilations before this reset do not count for the next call.</summary>
    public void Reset()
    {
        Count = 0;
        _paused = GC.GetTotalPauseDuration();
        ReadCollections();
        _compiled = (int)JitInfo.GetCompiledMethodCount();
    }

    /// <summary>Records one call.</summary>
    /// <param name="startTicks">The Stopwatch reading before the call.</param>
    /// <param name="endTicks">The Stopwatch reading after the call.</param>
    /// <param name="executionMs">The function's run time, in ms.</param>
    public virtual void Record(long startTicks, long endTicks, double executionMs)
    {
        int call = Count;
        _startTicks[call] = startTicks;
        _elapsedTicks[call] = endTicks - startTicks;
        _executionMs[call] = executionMs;
        _disturbances[call] = SinceLastCall();
        Count = call + 1;
    }

    private Disturbance SinceLastCall()
    {
        Disturbance seen = Disturbance.None;
        TimeSpan paused = GC.GetTotalPauseDuration();
        if (paused != _paused)
        {
            _paused = paused;
            seen = ReadCollections();
        }

        int compiled = (int)JitInfo.GetCompiledMethodCount();
        if (compiled != _compiled)
        {
            _compiled = compiled;
            seen |= Disturbance.Compilation;
        }

        return seen;
    }

    private Disturbance ReadCollections()
    {
        int gen0 = GC.CollectionCount(0);
        int gen1 = GC.CollectionCount(1);
        int gen2 = GC.CollectionCount(2);
        // A collection of generation 2 also increments the counts of generations 0 and 1, so the oldest generation is checked first.
        // If no count changed, the pause belongs to the end of a background collection, which collects generation 2.
        Disturbance seen = gen2 != _gen2 ? Disturbance.Gen2
            : gen1 != _gen1 ? Disturbance.Gen1
            : gen0 != _gen0 ? Disturbance.Gen0
            : Disturbance.Gen2;
        (_gen0, _gen1, _gen2) = (gen0, gen1, gen2);
        return seen;
    }
}
