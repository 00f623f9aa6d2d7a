using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A launch with the warm-up of its methods.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Outcome">"finished", "failed" or "interrupted".</param>
/// <param name="Seconds">How long it ran.</param>
/// <param name="WarmUps">The warm-up of each method.</param>
internal sealed record PageLaunch(int Number, string Outcome, double Seconds, IReadOnlyList<PageWarmUp> WarmUps)
{
    public static PageLaunch Of(LaunchReport launch) => new(
        launch.Number, launch.Outcome.ToString().ToLowerInvariant(), launch.Seconds, [.. launch.WarmUps.Select(PageWarmUp.Of)]);
}

/// <summary>The warm-up of a method, in stretches.</summary>
/// <param name="Method">The method.</param>
/// <param name="Steady">Whether it became steady.</param>
/// <param name="Reason">What was seen.</param>
/// <param name="Seconds">The end of each stretch.</param>
/// <param name="P50">The p50 of each stretch, in ns.</param>
internal sealed record PageWarmUp(string Method, bool Steady, string Reason, IReadOnlyList<double> Seconds, IReadOnlyList<double> P50)
{
    public static PageWarmUp Of(WarmUpReport warmUp) => new(
        warmUp.Method,
        warmUp.Steady,
        warmUp.Reason,
        [.. warmUp.Curve.Select(point => point.Seconds)],
        [.. warmUp.Curve.Select(point => point.P50Ns)]);
}
