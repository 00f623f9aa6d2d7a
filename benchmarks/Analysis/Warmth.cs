using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>Whether a case's code was warm while it was timed, and what was seen where it was not.</summary>
/// <param name="IsWarm">Whether its figures may pass a threshold.</param>
/// <param name="Why">What was seen.</param>
internal sealed record Warmth(bool IsWarm, string Why)
{
    // Beyond this a case's p50 has drifted from the first third of its calls to the last.
    private const double MaxDrift = 0.10;

    /// <summary>
    /// Judges a case: its method's warm-up has to have become steady in every launch, and it must not have become
    /// faster during its own passes while code was compiled. A drift alone is no sign, a shared machine changes its
    /// speed for longer than a short pass lasts; but where nobody knows what was compiled it is all there is.
    /// </summary>
    public static Warmth Of(CaseReport one, IReadOnlyList<LaunchReport> launches)
    {
        foreach (PassReport pass in one.Passes)
        {
            WarmUpReport? warmUp = launches.First(launch => launch.Number == pass.Launch).WarmUps.FirstOrDefault(report => report.Method == one.Method);
            if (warmUp is { Steady: false })
            {
                return new Warmth(false, $"not warm in launch {pass.Launch}: {warmUp.Reason}");
            }
        }

        PassReport[] drifted = [.. one.Passes.Where(pass => !(pass.Process?.CompiledMethods <= WarmUp.QuietMethods) && pass.LastThirdP50Ns < pass.FirstThirdP50Ns * (1 - MaxDrift))];
        if (drifted.Length * 2 > one.Passes.Count)
        {
            PassReport worst = drifted.MinBy(pass => pass.LastThirdP50Ns / pass.FirstThirdP50Ns)!;
            string compiled = worst.Process is { } process
                ? FormattableString.Invariant($"which compiled {process.CompiledMethods} methods meanwhile")
                : "and what was compiled meanwhile is not known";
            return new Warmth(false, FormattableString.Invariant(
                $"not warm: p50 fell from {Format.Duration(worst.FirstThirdP50Ns)} to {Format.Duration(worst.LastThirdP50Ns)} within launch {worst.Launch}, {compiled}"));
        }

        return new Warmth(true, "warm");
    }
}
