using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>
/// Keeps this process to one processor. Where a call hands over to another thread, the scheduler's choice of its
/// processor made single turns of raw-fetch differ by four times and pairs by 30 %; on one processor pairs differ by
/// 1 to 4 %. The price: what only running in parallel shows is not seen.
/// </summary>
internal static class OneProcessor
{
    /// <summary>The processor that measuring processes share: the last one that this process may use.</summary>
    public static int Choose() => OperatingSystem.IsLinux() || OperatingSystem.IsWindows() ? LastOf(Allowed()) : 0;

    /// <summary>Keeps all threads of this process, and those that they start, to a processor.</summary>
    /// <returns>Whether this system can.</returns>
    public static bool Keep(int processor)
    {
        nint mask = (nint)(1L << processor);
        if (OperatingSystem.IsWindows())
        {
            using var self = Process.GetCurrentProcess();
            self.ProcessorAffinity = mask;
            return true;
        }

        // Linux sets it a thread at a time, and .NET for the first thread alone.
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
