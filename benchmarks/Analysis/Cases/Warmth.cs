using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Cases;

/// <summary>
/// Whether the calls of a case had stopped to become faster before they were timed. Such a case is warm.
/// </summary>
/// <param name="IsWarm">Whether the case is warm.</param>
/// <param name="Why">The reason as text for reports.</param>
internal sealed record Warmth(bool IsWarm, string Why)
{
    /// <summary>
    /// The share by which the case's p50 changed within a pass, if that is the only reason why the case is not warm. The JIT was quiet
    /// then, so the figures are wrong by no more than such a change, and a verdict that the change cannot turn stands. 0 otherwise.
    /// </summary>
    public double DriftShare { get; private init; }

    /// <summary>Whether the case is not warm, and nothing is known about how far its figures are from those of a warm case.</summary>
    public bool IsCold => !IsWarm && DriftShare == 0;

    /// <summary>
    /// Decides whether a case is warm. A case is not warm if it still became faster at the end of a warm-up, or if it became faster by more
    /// than 10 % within most of its passes. One such pass of several may be due to a shared machine that changed its speed: as many passes
    /// become slower.
    /// </summary>
    public static Warmth Of(CaseReport one, IReadOnlyList<LaunchReport> launches)
    {
        foreach (PassReport pass in one.Passes)
        {
            LaunchReport launch = launches.First(launch => launch.Number == pass.Launch);
            if (launch.WarmUps.FirstOrDefault(report => report.Method == one.Method) is { } warmUp && !IsWarmAfter(warmUp, one.Id))
            {
                return new Warmth(false, $"not warm in launch {pass.Launch}: {warmUp.Reason}");
            }
        }

        PassDrift[] fell = [.. one.Passes.Select(pass => new PassDrift(one.Id, pass)).Where(drift => drift.Fell)];
        if (fell.Length * 2 <= one.Passes.Count)
        {
            return new Warmth(true, "warm");
        }

        PassDrift[] compiling = [.. fell.Where(drift => !(drift.Pass.Process?.CompiledMethods <= WarmUpReport.QuietMethods))];
        bool isCold = compiling.Length * 2 > one.Passes.Count;
        PassDrift worst = (isCold ? compiling : fell).MinBy(drift => drift.Ratio)!;
        string compiled = worst.Pass.Process is { } process
            ? FormattableString.Invariant($"which compiled {process.CompiledMethods} methods meanwhile")
            : "and what was compiled meanwhile is not known";
        return new Warmth(false, $"not warm: {worst.Words}, {compiled}") { DriftShare = isCold ? 0 : (1 / worst.Ratio) - 1 };
    }

    // Older programs judged all cases of a method together.
    private static bool IsWarmAfter(WarmUpReport warmUp, CaseId id) =>
        warmUp.Steady || warmUp.Courses?.FirstOrDefault(one => one.Case == id.ToString()) is { IsWarm: true };
}
