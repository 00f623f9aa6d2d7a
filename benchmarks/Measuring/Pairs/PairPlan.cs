using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>What one pair measures.</summary>
/// <param name="Number">The number of the pair. The number and the seed determine the random order of the turns.</param>
/// <param name="Cases">
/// The short names of the cases. All processes measure the same cases: what a process has done before changes its figures, so a process
/// with fewer cases would differ without any change of the code.
/// </param>
/// <param name="Injection">The delay that the control adds to calls. If it is null, no control is started.</param>
/// <param name="Rounds">The number of turns of each case and process that count. A turn takes 5 ms.</param>
internal sealed record PairPlan(int Number, IReadOnlyList<string> Cases, Injection? Injection, int Rounds)
{
    /// <summary>The delay that the head adds to calls. Null except in the self-test.</summary>
    public Injection? HeadInjection { get; init; }
}
