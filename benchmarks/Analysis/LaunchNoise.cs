using System.Globalization;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis;

/// <summary>One thing that is beyond a limit.</summary>
/// <param name="What">Which quantity it is of.</param>
/// <param name="Grade">How grave it is.</param>
/// <param name="Value">The quantity: of two launches' the greater is the worse.</param>
/// <param name="Words">It in words.</param>
internal sealed record NoiseReason(string What, NoiseGrade Grade, double Value, string Words);

/// <summary>A launch's grade: that of its gravest reason. The one place of the limits.</summary>
/// <param name="Number">The launch's number.</param>
/// <param name="Reasons">All that is beyond a limit.</param>
internal sealed record LaunchNoise(int Number, IReadOnlyList<NoiseReason> Reasons)
{
    // A system's own housekeeping stays below a tenth of a core. Half a core is a process that competes with caller and
    // runtime for processors and caches all the time.
    public const double NoisyOthersCores = 0.10, DisturbedOthersCores = 0.50;

    // As a share of the cores. Stolen time falls on the launch itself: 2 % is beyond a p99's hundredth call.
    public const double NoisyStealShare = 0.02, DisturbedStealShare = 0.10;

    // A quota's pause lasts most of its 100 ms period, so a single one is a call's whole tail; by 1 % of the time it is p99.
    public const double NoisyThrottledShare = 0, DisturbedThrottledShare = 0.01;

    // Any other governor lets the frequency, and with it every figure, follow the load of the moments before.
    public const string SteadyGovernor = "performance";

    // Waking takes a few ms where the launch keeps every processor busy itself; 20 ms is several time slices of others,
    // 100 ms a machine that stood still.
    public const double NoisyStallMs = 20, DisturbedStallMs = 100;

    // It should use some thousandths; by 2 % it is itself a disturbance that counts in a p99.
    public const double NoisyParentCores = 0.02;

    /// <summary>The gravest reason's grade.</summary>
    public NoiseGrade Grade => Reasons.Select(reason => reason.Grade).DefaultIfEmpty(NoiseGrade.Quiet).Max();

    /// <summary>The reasons in words.</summary>
    public string Words => string.Join("; ", Reasons.OrderByDescending(reason => reason.Grade).Select(reason => reason.Words));

    /// <summary>Judges what was seen of a launch.</summary>
    /// <param name="number">The launch's number.</param>
    /// <param name="noise">What was seen.</param>
    /// <param name="seconds">How long the launch ran.</param>
    /// <param name="cores">The processors that it could use.</param>
    public static LaunchNoise Of(int number, NoiseReport noise, double seconds, int cores) => new(number,
    [
        .. Beyond("others", noise.OthersCores, NoisyOthersCores, DisturbedOthersCores, value => $"other processes kept {Cores(value)} busy"),
        .. Beyond("before", noise.OthersBeforeCores, NoisyOthersCores, DisturbedOthersCores, value => $"other processes kept {Cores(value)} busy just before"),
        .. Beyond("steal", noise.StealCores / cores, NoisyStealShare, DisturbedStealShare, value => $"the hypervisor gave {Percent(value)} of the cores to others"),
        .. Beyond("throttled", noise.ThrottledMs / 1e3 / seconds, NoisyThrottledShare, DisturbedThrottledShare, _ => $"the processor quota held it back for {Format.Duration(noise.ThrottledMs!.Value * 1e6)}"),
        .. Beyond("stall", noise.LongestStallMs, NoisyStallMs, DisturbedStallMs, value => $"a timer was late by {Format.Duration(value * 1e6)}"),
        .. Beyond("parent", noise.ParentCores, NoisyParentCores, double.PositiveInfinity, value => $"the watching process used {Percent(value)} of a core"),
        .. noise.Governor is not (null or SteadyGovernor) ? [new NoiseReason("governor", NoiseGrade.Noisy, 0, $"frequency governor {noise.Governor}")] : Array.Empty<NoiseReason>(),
    ]);

    private static NoiseReason[] Beyond(string what, double? value, double noisy, double disturbed, Func<double, string> words) =>
        value > noisy ? [new NoiseReason(what, value > disturbed ? NoiseGrade.Disturbed : NoiseGrade.Noisy, value.Value, words(value.Value))] : [];

    private static string Cores(double cores) => string.Create(CultureInfo.InvariantCulture, $"{cores:0.00} cores");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
