using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>A launch and the warm-up of its methods.</summary>
/// <param name="Number">The launch's number, from 1.</param>
/// <param name="Outcome">The outcome of the launch: "finished", "failed" or "interrupted".</param>
/// <param name="Seconds">The duration of the launch, in seconds.</param>
/// <param name="WarmUps">The warm-up of each method.</param>
internal sealed record PageLaunch(int Number, string Outcome, double Seconds, IReadOnlyList<PageWarmUp> WarmUps)
{
    public static PageLaunch Of(LaunchReport launch) => new(
        launch.Number, launch.Outcome.ToString().ToLowerInvariant(), launch.Seconds, [.. launch.WarmUps.Select(PageWarmUp.Of)]);
}

/// <summary>The warm-up of a method, divided into intervals of half a second, in two visits.</summary>
/// <param name="Method">The method's id.</param>
/// <param name="Steady">Whether the p50 became steady during the warm-up.</param>
/// <param name="Reason">The reason why the p50 counts as steady or not.</param>
/// <param name="Seconds">The end of each interval, in seconds after the first call.</param>
/// <param name="P50">The p50 of the calls in each interval, in ns.</param>
/// <param name="Courses">The cases by how their p50 changed, for example "11 flat, 1 slowed down". Empty in older reports.</param>
internal sealed record PageWarmUp(
    string Method, bool Steady, string Reason, IReadOnlyList<double> Seconds, IReadOnlyList<double> P50, string Courses)
{
    public static PageWarmUp Of(WarmUpReport warmUp) => new(
        warmUp.Method,
        warmUp.Steady,
        warmUp.Reason,
        [.. warmUp.Curve.Select(point => point.Seconds)],
        [.. warmUp.Curve.Select(point => point.P50Ns)],
        CourseCounts.Of(warmUp));
}
