using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Analysis.Comparing;

/// <summary>
/// The figures of two processes that were measured together, or of two launches. The keys are the short names of the cases.
/// </summary>
/// <param name="Base">The figures of the base.</param>
/// <param name="Current">The figures of the current side, which is compared with the base.</param>
internal sealed record Pairing(IReadOnlyDictionary<string, CaseFigures> Base, IReadOnlyDictionary<string, CaseFigures> Current);
