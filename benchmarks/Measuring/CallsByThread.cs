using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Keeps how long the calls of many callers took. One histogram a thread, not one a caller: a thread records one call at
/// a time, so no two callers wait for each other, and nothing is locked. Memory follows the threads of the pool, a
/// handful; a histogram a caller would be 222 kB × 1024, and an array of ticks has a length that nobody knows ahead.
/// Recording allocates nothing but, once, a new thread's histogram, and threads come during the lead-in.
/// </summary>
internal sealed class CallsByThread : IDisposable
{
    private readonly ThreadLocal<Part> _parts = new(() => new Part(), trackAllValues: true);

    /// <summary>The calls recorded so far. Asked for while no call is made, as all but <see cref="Record"/>.</summary>
    public int Count => (int)_parts.Values.Sum(part => part.Histogram.TotalCount);

    /// <summary>The longest call so far, in Stopwatch ticks.</summary>
    public long MaxTicks => _parts.Values.Max(part => part.MaxTicks);

    /// <summary>Forgets all calls.</summary>
    public void Reset()
    {
        foreach (Part part in _parts.Values)
        {
            part.Histogram.Reset();
            part.MaxTicks = 0;
        }
    }

    /// <summary>Keeps one call.</summary>
    /// <param name="elapsedTicks">How long it took, in Stopwatch ticks.</param>
    public void Record(long elapsedTicks)
    {
        Part part = _parts.Value!;
        part.Histogram.RecordValue(Math.Min(elapsedTicks, Part.CeilingTicks));
        part.MaxTicks = Math.Max(part.MaxTicks, elapsedTicks);
    }

    /// <summary>All calls in one histogram. There is at least one.</summary>
    public LongHistogram Merge() => Histograms.Merge([.. _parts.Values.Select(part => part.Histogram)]);

    public void Dispose() => _parts.Dispose();

    private sealed class Part
    {
        public static readonly long CeilingTicks = Histograms.CeilingTicks(Stopwatch.Frequency);

        public LongHistogram Histogram { get; } = Histograms.Create(Stopwatch.Frequency);

        // The histogram has it to its precision alone.
        public long MaxTicks { get; set; }
    }
}
