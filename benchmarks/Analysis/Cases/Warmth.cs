using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Whether a case's code was already compiled and optimized while its calls were timed.</summary>
/// <param name="IsWarm">Whether the case is warm. A cold case has no verdict.</param>
/// <param name="Why">The reason, as reports show it.</param>
internal sealed record Warmth(bool IsWarm, string Why)
{
    // A pass drifted if its calls became faster by more than this share: the p50 of its last third against its first third.
    private const double MaxDrift = 0.10;

    /// <summary>
    /// Judges a case. A case is warm if its method's warm-up became steady in every launch, and if it did not drift in most
    /// launches. A drift counts only if code was compiled during the pass, or if that is unknown: otherwise a shared machine that
    /// changed its speed may be the cause.
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
