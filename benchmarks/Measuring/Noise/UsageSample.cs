using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>A snapshot of the processor time used so far by all processes, and by our own.</summary>
/// <param name="AtSeconds">The time of the sample, in seconds of the monotonic clock.</param>
/// <param name="Cpus">The times of the CPUs, for all processes.</param>
/// <param name="OwnSeconds">The processor time of this process and of the launch, if one runs, in seconds.</param>
internal readonly record struct UsageSample(double AtSeconds, CpuTimes Cpus, double OwnSeconds)
{
    /// <summary>Takes a sample; null if the machine does not report the times or the launch has ended.</summary>
    /// <param name="machine">The machine to read from.</param>
    /// <param name="launch">The launch's process id; null before a launch.</param>
    public static UsageSample? Take(Machine machine, int? launch)
    {
        double? launchSeconds = launch is { } process ? machine.ProcessSeconds(process) : 0;
        return launchSeconds is { } used && machine.Cpus is { } cpus
            ? new UsageSample(Stopwatch.GetElapsedTime(0).TotalSeconds, cpus, used + Environment.CpuUsage.TotalTime.TotalSeconds)
            : null;
    }

    /// <summary>The cores that other processes used between two samples; null if a sample is missing.</summary>
    /// <remarks>
    /// The kernel counts the time of CPUs and of processes differently, so on an idle machine the difference may be slightly
    /// negative. It is then reported as 0.
    /// </remarks>
    public static double? OthersCores(UsageSample? first, UsageSample? last) =>
        PerSecond(first, last, sample => sample.Cpus.BusySeconds - sample.OwnSeconds);

    /// <summary>The cores that the hypervisor gave to other machines between two samples; null if a sample is missing.</summary>
    public static double? StealCores(UsageSample? first, UsageSample? last) => PerSecond(first, last, sample => sample.Cpus.StealSeconds);

    private static double? PerSecond(UsageSample? first, UsageSample? last, Func<UsageSample, double> seconds) =>
        first is { } from && last is { } to && to.AtSeconds > from.AtSeconds
            ? Math.Max(0, (seconds(to) - seconds(from)) / (to.AtSeconds - from.AtSeconds))
            : null;
}
