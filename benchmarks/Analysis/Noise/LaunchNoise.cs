using System.Globalization;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>One quantity that is beyond a limit.</summary>
/// <param name="What">The quantity's name.</param>
/// <param name="Grade">How bad it is.</param>
/// <param name="Value">The quantity's value; greater is worse.</param>
/// <param name="Words">The reason as text.</param>
internal sealed record NoiseReason(string What, NoiseGrade Grade, double Value, string Words);

/// <summary>The noise of one launch. This is the one place with the limits.</summary>
/// <param name="Number">The launch's number.</param>
/// <param name="Reasons">Every quantity that is beyond a limit.</param>
internal sealed record LaunchNoise(int Number, IReadOnlyList<NoiseReason> Reasons)
{
    // A system's own housekeeping takes less than a tenth of a core. Half a core is a process that competes with caller and
    // runtime for processors and caches all the time.
    public const double NoisyOthersCores = 0.10, DisturbedOthersCores = 0.50;

    // Shares of the cores. The launch itself loses the stolen time: at 2 %, that is more than the slowest hundredth of calls.
    public const double NoisyStealShare = 0.02, DisturbedStealShare = 0.10;

    // A quota's pause lasts most of its 100 ms period. One pause is the whole tail of one call; 1 % of the time reaches p99.
    public const double NoisyThrottledShare = 0, DisturbedThrottledShare = 0.01;

    // With any other governor the frequency, and with it every figure, follows the load of the last moments.
    public const string SteadyGovernor = "performance";

    // Waking up takes a few ms if the launch itself keeps every processor busy. 20 ms is several time slices of other
    // processes; after 100 ms the machine stood still.
    public const double NoisyStallMs = 20, DisturbedStallMs = 100;

    // The watching process should use some thousandths of a core. From 2 % on, it disturbs a p99 itself.
    public const double NoisyParentCores = 0.02;

    /// <summary>The worst reason's grade.</summary>
    public NoiseGrade Grade => Reasons.Select(reason => reason.Grade).DefaultIfEmpty(NoiseGrade.Quiet).Max();

    /// <summary>The reasons as text, the worst first.</summary>
    public string Words => string.Join("; ", Reasons.OrderByDescending(reason => reason.Grade).Select(reason => reason.Words));

    /// <summary>Grades a launch.</summary>
    /// <param name="number">The launch's number.</param>
    /// <param name="noise">What the watching process saw.</param>
    /// <param name="seconds">How long the launch ran.</param>
    /// <param name="cores">The processors that the launch could use.</param>
    public static LaunchNoise Of(int number, NoiseReport noise, double seconds, int cores)
    {
        var reasons = new List<NoiseReason>();
        Add("others", noise.OthersCores, NoisyOthersCores, DisturbedOthersCores, value => $"other processes kept {Cores(value)} busy");
        Add("before", noise.OthersBeforeCores, NoisyOthersCores, DisturbedOthersCores,
            value => $"other processes kept {Cores(value)} busy just before");
        Add("steal", noise.StealCores / cores, NoisyStealShare, DisturbedStealShare,
            value => $"the hypervisor gave {Percent(value)} of the cores to others");
        Add("throttled", noise.ThrottledMs / 1e3 / seconds, NoisyThrottledShare, DisturbedThrottledShare,
            _ => $"the processor quota held it back for {Format.Duration(noise.ThrottledMs!.Value * 1e6)}");
        Add("stall", noise.LongestStallMs, NoisyStallMs, DisturbedStallMs, value => $"a timer was late by {Format.Duration(value * 1e6)}");
        Add("parent", noise.ParentCores, NoisyParentCores, double.PositiveInfinity,
            value => $"the watching process used {Percent(value)} of a core");
        if (noise.Governor is not (null or SteadyGovernor))
        {
            reasons.Add(new NoiseReason("governor", NoiseGrade.Noisy, 0, $"frequency governor {noise.Governor}"));
        }

        return new LaunchNoise(number, reasons);

        void Add(string what, double? value, double noisy, double disturbed, Func<double, string> words)
        {
            if (value is { } known && known > noisy)
            {
                reasons.Add(new NoiseReason(what, known > disturbed ? NoiseGrade.Disturbed : NoiseGrade.Noisy, known, words(known)));
            }
        }
    }

    private static string Cores(double cores) => string.Create(CultureInfo.InvariantCulture, $"{cores:0.00} cores");

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.0} %");
}
