using System.Runtime;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>What happened in the process while a call was in flight.</summary>
[Flags]
public enum Disturbance : byte
{
    /// <summary>Nothing that is looked for.</summary>
    None = 0,

    /// <summary>A pause of a generation 0 collection.</summary>
    Gen0 = 1,

    /// <summary>A pause of a generation 1 collection.</summary>
    Gen1 = 2,

    /// <summary>A pause of a full or a background collection.</summary>
    Gen2 = 4,

    /// <summary>A method was compiled.</summary>
    Compilation = 8,
}

/// <summary>
/// Keeps each call of a pass: when it began, how long it took, in Stopwatch ticks, how much of that the function
/// itself ran, and what disturbed it. Room is taken once, ahead: recording allocates nothing and computes nothing,
/// so its cost is a few stores; histograms are filled after the pass.
/// </summary>
/// <param name="capacity">The most calls that a pass makes.</param>
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

    /// <summary>The most calls that fit.</summary>
    public int Capacity => capacity;

    /// <summary>The calls recorded so far.</summary>
    public int Count { get; private set; }

    /// <summary>When each call began, in Stopwatch ticks.</summary>
    public ReadOnlySpan<long> StartTicks => _startTicks.AsSpan(0, Count);

    /// <summary>How long each call took, in Stopwatch ticks.</summary>
    public ReadOnlySpan<long> ElapsedTicks => _elapsedTicks.AsSpan(0, Count);

    /// <summary>How long the function itself ran in each call, in ms, by its own clock.</summary>
    public ReadOnlySpan<double> ExecutionMs => _executionMs.AsSpan(0, Count);

    /// <summary>What disturbed each call.</summary>
    public ReadOnlySpan<Disturbance> Disturbances => _disturbances.AsSpan(0, Count);

    /// <summary>Forgets all calls, and takes what happened so far as the state before the next one.</summary>
    public void Reset()
    {
        Count = 0;
        _paused = GC.GetTotalPauseDuration();
        ReadCollections();
        _compiled = (int)JitInfo.GetCompiledMethodCount();
    }

    /// <summary>Keeps one call.</summary>
    /// <param name="startTicks">Stopwatch reading before the call.</param>
    /// <param name="endTicks">Stopwatch reading after it.</param>
    /// <param name="executionMs">How long the function itself ran, in ms.</param>
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
        // A collection counts in every younger generation too. A pause without a new count ends a background
        // collection, which is a full one.
        Disturbance seen = gen2 != _gen2 ? Disturbance.Gen2
            : gen1 != _gen1 ? Disturbance.Gen1
            : gen0 != _gen0 ? Disturbance.Gen0
            : Disturbance.Gen2;
        (_gen0, _gen1, _gen2) = (gen0, gen1, gen2);
        return seen;
    }
}
