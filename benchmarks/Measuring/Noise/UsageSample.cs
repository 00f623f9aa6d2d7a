using System.Diagnostics;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>The processor time that all processes have used so far, and the part of it that this program's processes have used.</summary>
/// <param name="AtSeconds">The time at which the sample was taken, in seconds of the monotonic clock.</param>
/// <param name="Cpus">The processor times of the CPUs, which include all processes.</param>
/// <param name="OwnSeconds">The processor time of this process and of the launch, if one runs, in seconds.</param>
internal readonly record struct UsageSample(double AtSeconds, CpuTimes Cpus, double OwnSeconds)
{
    /// <summary>Takes a sample. Returns null if the machine does not report processor times or if the launch has ended.</summary>
    /// <param name="machine">The machine to read from.</param>
    /// <param name="launch">The launch's process id. Null if no launch is running yet.</param>
    public static UsageSample? Take(Machine machine, int? launch)
    {
        double? launchSeconds = launch is { } process ? machine.ProcessSeconds(process) : 0;
        return launchSeconds is { } used && machine.Cpus is { } cpus
            ? new UsageSample(Stopwatch.GetElapsedTime(0).TotalSeconds, cpus, used + Environment.CpuUsage.TotalTime.TotalSeconds)
            : null;
    }

    /// <summary>
    /// Returns the average number of cores that other processes used between two samples. Returns null if a sample is missing.
    /// </summary>
    /// <remarks>
    /// The kernel measures the time of CPUs and the time of processes differently, so their difference may be slightly negative
    /// on an idle machine. A negative difference is reported as 0.
    /// </remarks>
    public static double? OthersCores(UsageSample? first, UsageSample? last) =>
        PerSecond(first, last, sample => sample.Cpus.BusySeconds - sample.OwnSeconds);

    /// <summary>
    /// Returns the average number of cores that the hypervisor gave to other virtual machines between two samples. Returns null if
    /// a sample is missing.
    /// </summary>
    public static double? StealCores(UsageSample? first, UsageSample? last) => PerSecond(first, last, sample => sample.Cpus.StealSeconds);

    private static double? PerSecond(UsageSample? first, UsageSample? last, Func<UsageSample, double> seconds) =>
        first is { } from && last is { } to && to.AtSeconds > from.AtSeconds
            ? Math.Max(0, (seconds(to) - seconds(from)) / (to.AtSeconds - from.AtSeconds))
            : null;
}
