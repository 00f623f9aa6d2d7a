using System.Runtime;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Resource counters of the whole process, which include all threads of both the caller worker and the runtime worker.</summary>
internal sealed record ProcessCounters(
    long AllocatedBytes, TimeSpan CpuTime, IReadOnlyList<int> Collections, TimeSpan Paused, long CompiledMethods)
{
    public static ProcessCounters Read() => new(
        GC.GetTotalAllocatedBytes(precise: true),
        Environment.CpuUsage.TotalTime,
        // A collection also increments the counts of all younger generations. The subtractions make each collection count only once.
        [GC.CollectionCount(0) - GC.CollectionCount(1), GC.CollectionCount(1) - GC.CollectionCount(2), GC.CollectionCount(2)],
        GC.GetTotalPauseDuration(),
        JitInfo.GetCompiledMethodCount());

    /// <summary>
    /// Returns the increase of the counters since an earlier reading. Bytes and processor time are divided by the number of
    /// calls.
    /// </summary>
    /// <param name="before">The earlier reading.</param>
    /// <param name="calls">The number of calls since the earlier reading, at least 1.</param>
    public ProcessReport Since(ProcessCounters before, int calls) => new()
    {
        AllocatedBytes = (AllocatedBytes - before.AllocatedBytes) / (double)calls,
        CpuNs = (CpuTime - before.CpuTime).TotalNanoseconds / calls,
        Collections = [.. Collections.Zip(before.Collections, (end, start) => end - start)],
        PausedNs = (Paused - before.Paused).TotalNanoseconds,
        CompiledMethods = (int)(CompiledMethods - before.CompiledMethods),
    };
}
