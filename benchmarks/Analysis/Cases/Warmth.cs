using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// Whether the JIT had compiled and optimized the code of a case before its calls were timed. Such a case is warm; any other case is cold.
/// </summary>
/// <param name="IsWarm">Whether the case is warm. A cold case has no verdict.</param>
/// <param name="Why">The reason as text for reports.</param>
internal sealed record Warmth(bool IsWarm, string Why)
{
    // A pass drifted if its calls became faster by more than this share: the p50 of its last third is compared with the p50 of its first
    // third.
    private const double MaxDrift = 0.10;

    /// <summary>
    /// Decides whether a case is warm. A case is warm if its method's warm-up became steady in each launch, and if its passes drifted in at
    /// most half of the launches. A drift counts only if the JIT compiled more than <see cref="WarmUpReport.QuietMethods"/> methods during
    /// the pass, or if their number is unknown. Otherwise the cause may be a shared machine that changed its speed.
    /// </summary>
    public static Warmth Of(CaseReport one, IReadOnlyList<LaunchReport> launches)
    {
        foreach (PassReport pass in one.Passes)
        {
            LaunchReport launch = launches.First(launch => launch.Number == pass.Launch);
            if (launch.WarmUps.FirstOrDefault(report => report.Method == one.Method) is { Steady: false } warmUp)
            {
                return new Warmth(false, $"not warm in launch {pass.Launch}: {warmUp.Reason}");
            }
        }

        PassReport[] drifted = [.. one.Passes.Where(HasDrifted)];
        if (drifted.Length * 2 > one.Passes.Count)
        {
            PassReport worst = drifted.MinBy(pass => pass.LastThirdP50Ns / pass.FirstThirdP50Ns)!;
            string compiled = worst.Process is { } process
                ? FormattableString.Invariant($"which compiled {process.CompiledMethods} methods meanwhile")
                : "and what was compiled meanwhile is not known";
            string fall = $"p50 fell from {Format.Duration(worst.FirstThirdP50Ns)} to {Format.Duration(worst.LastThirdP50Ns)}";
            return new Warmth(false, FormattableString.Invariant($"not warm: {fall} within launch {worst.Launch}, {compiled}"));
        }

        return new Warmth(true, "warm");
    }

    private static bool HasDrifted(PassReport pass) =>
        !(pass.Process?.CompiledMethods <= WarmUpReport.QuietMethods)
        && pass.LastThirdP50Ns < pass.FirstThirdP50Ns * (1 - MaxDrift);
}
