using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>Whether a case's code was warm while it was timed.</summary>
/// <param name="IsWarm">Whether its figures may pass a threshold.</param>
/// <param name="Why">What was seen.</param>
internal sealed record Warmth(bool IsWarm, string Why)
{
    // A case has drifted if the p50 of the last third of its calls is lower than that of the first third by more than this share.
    private const double MaxDrift = 0.10;

    /// <summary>
    /// Judges a case. It is warm if its method's warm-up became steady in every launch, and if most launches did not get faster
    /// while code was compiled. A drift without compilation is no sign: a shared machine changes its speed for longer than a
    /// short pass takes. Where the number of compiled methods is unknown, the drift alone decides.
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
