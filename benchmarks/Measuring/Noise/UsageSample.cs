using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>Who had used how much processor time by a moment.</summary>
/// <param name="AtSeconds">The moment, in seconds of the monotonic clock.</param>
/// <param name="Cpus">The CPUs' times.</param>
/// <param name="OwnSeconds">What the launch, where there is one, and this process used of them, in seconds.</param>
internal readonly record struct UsageSample(double AtSeconds, CpuTimes Cpus, double OwnSeconds)
{
    /// <summary>Takes a sample; null where the machine does not tell, or the launch has ended.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="launch">The launch's process; null before there is one.</param>
    public static UsageSample? Take(Machine machine, int? launch)
    {
        double? launchSeconds = launch is { } process ? machine.ProcessSeconds(process) : 0;
        return launchSeconds is { } used && machine.Cpus is { } cpus
            ? new UsageSample(Stopwatch.GetElapsedTime(0).TotalSeconds, cpus, used + Environment.CpuUsage.TotalTime.TotalSeconds)
            : null;
    }

    /// <summary>What other processes kept busy since an earlier sample, in cores; null where there is none.</summary>
    /// <remarks>The kernel counts CPUs and processes each in its own way: on a quiet machine the difference is at times a little below 0.</remarks>
    public static double? OthersCores(UsageSample? first, UsageSample? last) => PerSecond(first, last, sample => sample.Cpus.BusySeconds - sample.OwnSeconds);

    /// <summary>What the hypervisor gave to others since an earlier sample, in cores; null where there is none.</summary>
    public static double? StealCores(UsageSample? first, UsageSample? last) => PerSecond(first, last, sample => sample.Cpus.StealSeconds);

    private static double? PerSecond(UsageSample? first, UsageSample? last, Func<UsageSample, double> seconds) =>
        first is { } from && last is { } to && to.AtSeconds > from.AtSeconds
            ? Math.Max(0, (seconds(to) - seconds(from)) / (to.AtSeconds - from.AtSeconds))
            : null;
}
