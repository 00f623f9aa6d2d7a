using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Records the durations of calls by concurrent callers. Each thread has its own histogram, so recording a call needs no
/// lock. Only a thread's first call allocates memory, usually during the warm-up.
/// </summary>
/// <remarks>
/// There is one histogram per thread and not per caller: the pool has few threads, but 1,024 callers would need 1,024
/// histograms of 222 kB. An array of durations cannot replace the histograms, because the number of calls is unknown.
/// </remarks>
internal sealed class CallsByThread : IDisposable
{
    private readonly ThreadLocal<Part> _parts = new(() => new Part(), trackAllValues: true);

    /// <summary>The number of recorded calls. Do not read it while calls are recorded: only <see cref="Record"/> is thread-safe.</summary>
    public int Count => (int)_parts.Values.Sum(part => part.Histogram.TotalCount);

    /// <summary>The duration of the longest call, in Stopwatch ticks.</summary>
    public long MaxTicks => _parts.Values.Max(part => part.MaxTicks);

    /// <summary>Deletes all recorded calls.</summary>
    public void Reset()
    {
        foreach (Part part in _parts.Values)
        {
            part.Histogram.Reset();
            part.MaxTicks = 0;
        }
    }

    /// <summary>Records one call.</summary>
    /// <param name="elapsedTicks">The call's duration, in Stopwatch ticks.</param>
    public void Record(long elapsedTicks)
    {
        Part part = _parts.Value!;
        part.Histogram.RecordValue(Math.Min(elapsedTicks, Part.CeilingTicks));
        part.MaxTicks = Math.Max(part.MaxTicks, elapsedTicks);
    }

    /// <summary>Returns one histogram with the calls of all threads. At least one call must have been recorded.</summary>
    public LongHistogram Merge() => Histograms.Merge([.. _parts.Values.Select(part => part.Histogram)]);

    public void Dispose() => _parts.Dispose();

    private sealed class Part
    {
        public static readonly long CeilingTicks = Histograms.CeilingTicks(Stopwatch.Frequency);

        public LongHistogram Histogram { get; } = Histograms.Create(Stopwatch.Frequency);

        // The exact duration of the longest call. A histogram rounds durations, so its maximum is not exact.
        public long MaxTicks { get; set; }
    }
}
