using System.Globalization;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Analysis.Noise;

/// <summary>A reason why a launch is noisy or disturbed: a measured quantity that exceeds its limit.</summary>
/// <param name="What">The quantity's name.</param>
/// <param name="Grade">The noise grade whose limit the quantity exceeds.</param>
/// <param name="Value">The quantity's value; a greater value is worse.</param>
/// <param name="Words">The reason as text for reports.</param>
internal sealed record NoiseReason(string What, NoiseGrade Grade, double Value, string Words);

/// <summary>The noise grade of one launch, with its reasons. This type also defines the limits of all grades.</summary>
/// <param name="Number">The launch's number.</param>
/// <param name="Reasons">The reasons: one for each quantity that exceeds a limit. The list is empty for a quiet launch.</param>
internal sealed record LaunchNoise(int Number, IReadOnlyList<NoiseReason> Reasons)
{
    // Limits on the processor use of other processes, in cores. The services of an idle system use less than 0.1 core. A process that uses
    // 0.5 core constantly competes with caller and runtime for processors and caches.
    public const double NoisyOthersCores = 0.10, DisturbedOthersCores = 0.50;

    // Limits on the time that the hypervisor takes away (steal), as shares of the cores. A loss of 2 % of the time affects more than the
    // slowest 1 % of the calls.
    public const double NoisyStealShare = 0.02, DisturbedStealShare = 0.10;

    // Limits on the pauses by the processor quota, as shares of the launch's time. One such pause lasts up to 100 ms. Pauses for 1 % of the
    // time affect the p99.
    public const double NoisyThrottledShare = 0, DisturbedThrottledShare = 0.01;

    // The frequency governor that keeps the processor's frequency steady. Other governors change the frequency, and so all figures, with
    // the load.
    public const string SteadyGovernor = "performance";

    // Limits on the longest delay of a timer, in ms. A delay of a few ms is normal if the launch itself uses all processors. 20 ms is
    // several time slices of other processes. A delay of 100 ms means that the whole machine was paused.
    public const double NoisyStallMs = 20, DisturbedStallMs = 100;

    // The limit on the processor use of the process that watches the launch, in cores. It normally uses under 0.01 core. Above 0.02 core it
    // affects the p99 itself.
    public const double NoisyParentCores = 0.02;

    /// <summary>The launch's grade: the worst grade of its reasons.</summary>
    public NoiseGrade Grade => Reasons.Select(reason => reason.Grade).DefaultIfEmpty(NoiseGrade.Quiet).Max();

    /// <summary>The reasons as text, sorted by grade with the worst first.</summary>
    public string Words => string.Join("; ", Reasons.OrderByDescending(reason => reason.Grade).Select(reason => reason.Words));

    /// <summary>Grades the noise of a launch.</summary>
    /// <param name="number">The launch's number.</param>
    /// <param name="noise">The values that the watching process recorded.</param>
    /// <param name="seconds">The launch's duration, in seconds.</param>
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
