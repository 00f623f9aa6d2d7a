using System.Diagnostics;
using HdrHistogram;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>
/// Records the durations of calls by concurrent callers, in one histogram per thread. Threads need no lock for their own
/// histograms. Recording allocates only at a thread's first call, usually in the lead-in.
/// </summary>
/// <remarks>
/// The pool has few threads. One histogram per caller could take 222 kB × 1,024 callers, and an array of durations needs
/// a length that is unknown in advance.
/// </remarks>
internal sealed class CallsByThread : IDisposable
{
    private readonly ThreadLocal<Part> _parts = new(() => new Part(), trackAllValues: true);

    /// <summary>The number of recorded calls. Only <see cref="Record"/> is safe while calls are made.</summary>
    public int Count => (int)_parts.Values.Sum(part => part.Histogram.TotalCount);

    /// <summary>The longest call, in Stopwatch ticks.</summary>
    public long MaxTicks => _parts.Values.Max(part => part.MaxTicks);

    /// <summary>Deletes all calls.</summary>
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

    /// <summary>Merges all calls into one histogram. Needs at least one call.</summary>
    public LongHistogram Merge() => Histograms.Merge([.. _parts.Values.Select(part => part.Histogram)]);

    public void Dispose() => _parts.Dispose();

    private sealed class Part
    {
        public static readonly long CeilingTicks = Histograms.CeilingTicks(Stopwatch.Frequency);

        public LongHistogram Histogram { get; } = Histograms.Create(Stopwatch.Frequency);

        // The exact maximum. The histogram would round it.
        public long MaxTicks { get; set; }
    }
}
