using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>How much faster or slower a case's calls became during the timed calls of one pass.</summary>
/// <param name="Case">The case.</param>
/// <param name="Pass">The pass.</param>
internal sealed record PassDrift(CaseId Case, PassReport Pass)
{
    /// <summary>A pass drifted if the p50 of its last third differs by more than this share from the p50 of its first third.</summary>
    public const double Limit = 0.10;

    /// <summary>The p50 of the last third of the calls ÷ the p50 of the first third. It is 1 if the first p50 is 0.</summary>
    public double Ratio => Pass.FirstThirdP50Ns > 0 ? Pass.LastThirdP50Ns / Pass.FirstThirdP50Ns : 1;

    /// <summary>Whether the calls became faster by more than <see cref="Limit"/>.</summary>
    public bool Fell => Ratio < 1 - Limit;

    /// <summary>Whether the calls became slower by more than <see cref="Limit"/>.</summary>
    public bool Rose => Ratio > 1 + Limit;

    /// <summary>The change in words, for example "p50 fell from 16.0 µs to 9.60 µs within launch 1".</summary>
    public string Words =>
        $"p50 {(Ratio < 1 ? "fell" : "rose")} from {Format.Duration(Pass.FirstThirdP50Ns)} to {Format.Duration(Pass.LastThirdP50Ns)} "
        + FormattableString.Invariant($"within launch {Pass.Launch}");
}
