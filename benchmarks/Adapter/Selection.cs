using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// The cases that this process works on, where BenchmarkDotNet can find them: it makes benchmark classes by
/// reflection and asks them for their parameters, so there is nobody to hand them over.
/// </summary>
internal static class Selection
{
    /// <summary>The selected cases, in the order of execution.</summary>
    public static IReadOnlyList<CaseId> Current { get; set; } = [];
}
