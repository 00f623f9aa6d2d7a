using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>A quantity that exceeds a limit, and so makes a launch noisy or disturbed.</summary>
/// <param name="What">The quantity's name.</param>
/// <param name="Grade">The grade of the exceeded limit.</param>
/// <param name="Value">The quantity's value; greater is worse.</param>
/// <param name="Words">The reason as text.</param>
internal sealed record NoiseReason(string What, NoiseGrade Grade, double Value, string Words);

/// <summary>Grades the noise of one launch. The limits of all grades are defined here.</summary>
/// <param name="Number">The launch's number.</param>
/// <param name="Reasons">The quantities that exceed a limit.</param>
internal sealed record LaunchNoise(int Number, IReadOnlyList<NoiseReason> Reasons)
{
    // An idle system's own services use less than 0.1 core. A process that uses 0.5 core competes with caller and runtime for
    // processors and caches all the time.
    public const double NoisyOthersCores = 0.10, DisturbedOthersCores = 0.50;

    // Shares of the cores. The launch loses the stolen time: 2 % of the time affects more than the slowest 1 % of calls.
    public const double NoisyStealShare = 0.02, DisturbedStealShare = 0.10;

    // Shares of the launch's time. One pause by the processor quota lasts up to 100 ms. Pauses for 1 % of the time affect the p99.
    public const double NoisyThrottledShare = 0, DisturbedThrottledShare = 0.01;

    // Any other frequency governor changes the frequency, and so every figure, with the current load.
    public const string SteadyGovernor = "performance";

    // A timer is late by a few ms if the launch itself keeps every processor busy. 20 ms is several time slices of other
    // processes. At 100 ms the whole machine was paused.
    public const double NoisyStallMs = 20, DisturbedStallMs = 100;

    // The watching process should use under 0.01 core. Above 0.02 core it disturbs the p99 itself.
    public const double NoisyParentCores = 0.02;

    /// <summary>The worst reason's grade.</summary>
    public NoiseGrade Grade => Reasons.Select(reason => reason.Grade).DefaultIfEmpty(NoiseGrade.Quiet).Max();

    /// <summary>The reasons as text, the worst first.</summary>
    public string Words => string.Join("; ", Reasons.OrderByDescending(reason => reason.Grade).Select(reason => reason.Words));

    /// <summary>Grades a launch.</summary>
    /// <param name="number">The launch's number.</param>
    /// <param name="noise">The values that the watching process recorded.</param>
    /// <param name="seconds">The launch's length, in seconds.</param>
    /// <param name="cores">The number of processors that the launch could use.</param>
    public static LaunchNoise Of(int number, NoiseReport noise, double seconds, int cores)
    {
        var reasons = new List<NoiseReason>();
        Add("others", noise.OthersCores, NoisyOthersCores, DisturbedOthersCores, value => $"other processes kept {Cores(value)} busy");
        Add("before", noise.OthersBeforeCores, NoisyOthersCores, DisturbedOthersCores,
            value => $"other processes kept {Cores(value)} busy just before");
        Add("steal", noise.StealCores / cores, NoisyStealShare, DisturbedStealShare,
            value => $"the hypervisor gave {Format.Percent(value, "0.0")} of the cores to others");
        Add("throttled", noise.ThrottledMs / 1e3 / seconds, NoisyThrottledShare, DisturbedThrottledShare,
            _ => $"the processor quota held it back for {Format.Duration(Milliseconds.ToNs(noise.ThrottledMs!.Value))}");
        Add("stall", noise.LongestStallMs, NoisyStallMs, DisturbedStallMs,
            value => $"a timer was late by {Format.Duration(Milliseconds.ToNs(value))}");
        Add("parent", noise.ParentCores, NoisyParentCores, double.PositiveInfinity,
            value => $"the watching process used {Format.Percent(value, "0.0")} of a core");
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
}
