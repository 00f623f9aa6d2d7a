using System.Runtime;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>Counters of the whole process: all threads of the caller and the runtime worker.</summary>
internal sealed record ProcessCounters(
    long AllocatedBytes, TimeSpan CpuTime, IReadOnlyList<int> Collections, TimeSpan Paused, long CompiledMethods)
{
    public static ProcessCounters Read() => new(
        GC.GetTotalAllocatedBytes(precise: true),
        Environment.CpuUsage.TotalTime,
        // A collection also increments the counts of the younger generations. The differences count it once.
        [GC.CollectionCount(0) - GC.CollectionCount(1), GC.CollectionCount(1) - GC.CollectionCount(2), GC.CollectionCount(2)],
        GC.GetTotalPauseDuration(),
        JitInfo.GetCompiledMethodCount());

    /// <summary>Reports the changes since an earlier reading. Bytes and processor time are per call.</summary>
    /// <param name="before">The earlier reading.</param>
    /// <param name="calls">The number of calls since then, at least 1.</param>
    public ProcessReport Since(ProcessCounters before, int calls) => new()
    {
        AllocatedBytes = (AllocatedBytes - before.AllocatedBytes) / (double)calls,
        CpuNs = (CpuTime - before.CpuTime).TotalNanoseconds / calls,
        Collections = [.. Collections.Zip(before.Collections, (end, start) => end - start)],
        PausedNs = (Paused - before.Paused).TotalNanoseconds,
        CompiledMethods = (int)(CompiledMethods - before.CompiledMethods),
    };
}
