using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Remarks about what a method does to the process that it shares with the other methods.</summary>
internal static class MethodNotes
{
    /// <summary>
    /// Describes a live heap that grows with a method's calls. Null unless it grew in most launches that measured it: a single launch may
    /// fill a cache.
    /// </summary>
    public static string? Heap(string method, IReadOnlyList<LaunchReport> launches)
    {
        HeapGrowth[] all =
        [
            .. launches.SelectMany(launch => launch.WarmUps).Where(one => one.Method == method)
                .Select(one => one.Heap).OfType<HeapGrowth>(),
        ];
        HeapGrowth[] grown = [.. all.Where(one => one.IsNoted)];
        return grown.Length * 2 <= all.Length
            ? null
            : $"live heap grew by {Format.Bytes(Medians.Middle([.. grown.Select(one => one.Bytes / (double)one.Calls).Order()]))} a call "
                + FormattableString.Invariant($"of the warm-up in {grown.Length} of {all.Length} launches");
    }

    /// <summary>The settings of the process that a method changed, in any launch.</summary>
    public static IReadOnlyList<string> Changes(string method, RunReport report) =>
    [
        .. report.Cases.Where(one => one.Method == method).SelectMany(one => one.Passes).SelectMany(pass => pass.Changes ?? []).Distinct(),
    ];
}
