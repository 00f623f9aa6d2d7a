using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// Restricts this process to one processor. When a call switches threads, the scheduler chooses the processor: single turns
/// of raw-fetch then differed by a factor of 4 and pairs by 30 %. On one processor pairs differ by 1 to 4 %.
/// The cost: effects that need parallel threads stay invisible.
/// </summary>
internal static class OneProcessor
{
    /// <summary>Chooses the processor that all measuring processes share: the last one that this process may use.</summary>
    public static int Choose() => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? LastOf(Allowed()) : 0;

    /// <summary>Restricts all current and later threads of this process to a processor.</summary>
    /// <returns>Whether the operating system allowed that.</returns>
    public static bool Keep(int processor)
    {
        nint mask = (nint)(1L << processor);
        if (OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = mask;
            return true;
        }

        // Linux sets the affinity per thread, and Process.ProcessorAffinity changes the first thread only.
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
