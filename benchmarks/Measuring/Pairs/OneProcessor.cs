using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// Restricts this process to one processor. Otherwise the scheduler chooses a processor each time a call switches threads.
/// The latency of the method raw-fetch then differed between pairs by 30 %. On one processor it differs by 1 to 4 %. The
/// disadvantage: effects that need threads on several processors stay invisible.
/// </summary>
internal static class OneProcessor
{
    /// <summary>
    /// Chooses the processor that all measuring processes share. It has the highest number of those that this process may use.
    /// </summary>
    public static int Choose() => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? LastOf(Allowed()) : 0;

    /// <summary>Restricts all threads of this process, current and future, to one processor.</summary>
    /// <returns>Whether the operating system allowed the restriction.</returns>
    public static bool Keep(int processor)
    {
        nint mask = (nint)(1L << processor);
        if (OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = mask;
            return true;
        }

        // Linux restricts each thread separately, and Process.ProcessorAffinity changes only the first thread. So this code sets the
        // affinity of every thread.
        return OperatingSystem.IsLinux() && Directory.GetDirectories("/proc/self/task")
            .All(thread => SetAffinity(int.Parse(Path.GetFileName(thread), CultureInfo.InvariantCulture), sizeof(long), ref mask) == 0);
    }

    [SupportedOSPlatform("linux")]
    [SupportedOSPlatform("windows")]
    private static long Allowed()
    {
        using var self = Process.GetCurrentProcess();
        return self.ProcessorAffinity;
    }

    private static int LastOf(long mask) => 63 - (int)long.LeadingZeroCount(mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nint bytes, ref nint mask);
}
