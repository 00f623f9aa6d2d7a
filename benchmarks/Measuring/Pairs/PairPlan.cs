using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>What one pair measures.</summary>
/// <param name="Number">The number of the pair. The number and the seed determine the random order of the turns.</param>
/// <param name="Cases">The short names of the cases that base and head measure.</param>
/// <param name="ControlCases">The short names of the cases that the control measures. If there are none, no control is started.</param>
/// <param name="Injection">The delay that the control adds to calls. Null if there is no control.</param>
/// <param name="Rounds">The number of turns of each case and process that count. A turn takes 5 ms.</param>
internal sealed record PairPlan(
    int Number, IReadOnlyList<string> Cases, IReadOnlyList<string> ControlCases, Injection? Injection, int Rounds);
