using System.Globalization;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>Processor time of some CPUs since the machine started.</summary>
/// <param name="BusySeconds">What processes ran, in seconds.</param>
/// <param name="StealSeconds">What the hypervisor gave to others, in seconds.</param>
internal readonly record struct CpuTimes(double BusySeconds, double StealSeconds);

/// <summary>Reads what Linux writes below /proc and /sys. A text that is missing or says something else gives null.</summary>
internal static class LinuxText
{
    // USER_HZ, in which the kernel tells processor times to every program, whatever it counts in: proc_stat(5).
    private const double TicksPerSecond = 100;

    /// <summary>The load average of the last minute: the first field of /proc/loadavg.</summary>
    public static double? Load(string? loadavg) => Fields(loadavg) is [var minute, ..] ? Number(minute) : null;

    /// <summary>The CPUs that a process may use: <c>Cpus_allowed_list</c> of /proc/self/status.</summary>
    public static IReadOnlySet<int>? AllowedCpus(string? status)
    {
        const string Name = "Cpus_allowed_list:";
        if (Lines(status).FirstOrDefault(line => line.StartsWith(Name, StringComparison.Ordinal)) is not { } list)
        {
            return null;
        }

        var cpus = new HashSet<int>();
        foreach (string range in list[Name.Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] ends = range.Split('-');
            if (Number(ends[0]) is not { } first || Number(ends[^1]) is not { } last)
            {
                return null;
            }

            cpus.UnionWith(Enumerable.Range((int)first, (int)(last - first) + 1));
        }

        return cpus.Count > 0 ? cpus : null;
    }

    /// <summary>The times of some CPUs, by /proc/stat.</summary>
    /// <param name="stat">The file's text.</param>
    /// <param name="allowed">Which CPUs; null for all.</param>
    public static CpuTimes? Cpus(string? stat, IReadOnlySet<int>? allowed)
    {
        CpuTimes? sum = null;
        foreach (string line in Lines(stat))
        {
            // cpu1 user nice system idle iowait irq softirq steal …; the line without a number adds them all up.
            if (line.StartsWith("cpu", StringComparison.Ordinal) && Fields(line) is [{ Length: > 3 } cpu, ..] fields
                && Number(cpu[3..]) is { } number && allowed?.Contains((int)number) != false)
            {
                double?[] ticks = [.. fields.Skip(1).Take(8).Select(Number)];
                if (ticks is not [{ } user, { } nice, { } system, _, _, _, _, { } steal])
                {
                    return null;
                }

                // Interrupts are left out: most of them handle the launch's own packets, and no process's time has them.
                sum = new CpuTimes(
                    (sum?.BusySeconds ?? 0) + ((user + nice + system) / TicksPerSecond),
                    (sum?.StealSeconds ?? 0) + (steal / TicksPerSecond));
            }
        }

        return sum;
    }

    /// <summary>The processor time of a process and of the children that it waited for, in seconds, by /proc/PID/stat.</summary>
    public static double? ProcessSeconds(string? stat)
    {
        // The second field is the program's name in parentheses, and may hold blanks and parentheses itself.
        string? afterName = stat?[(stat.LastIndexOf(')') + 1)..];
        // From the third field on: utime, stime, cutime and cstime are fields 14 to 17.
        double?[] ticks = [.. Fields(afterName).Skip(14 - 3).Take(4).Select(Number)];
        return ticks is [{ } user, { } system, { } childrenUser, { } childrenSystem]
            ? (user + system + childrenUser + childrenSystem) / TicksPerSecond
            : null;
    }

    /// <summary>Where a process's throttling stands, by its /proc/self/cgroup: the likeliest place first.</summary>
    /// <remarks>A container may see its group's path from outside, where it leads nowhere; its group is then the root that it sees.</remarks>
    public static IReadOnlyList<string> ThrottlingFiles(string? selfCgroup)
    {
        // Hierarchy, controllers, path. Version 2 is hierarchy 0, and names no controllers.
        string[][] groups = [.. Lines(selfCgroup).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3)];
        return
        [
            .. groups.Where(parts => parts[1].Split(',').Contains("cpu")).Select(parts => $"/sys/fs/cgroup/cpu{parts[2].TrimEnd('/')}/cpu.stat"),
            .. groups.Where(parts => parts[0] == "0").Select(parts => $"/sys/fs/cgroup{parts[2].TrimEnd('/')}/cpu.stat"),
            "/sys/fs/cgroup/cpu/cpu.stat",
            "/sys/fs/cgroup/cpu.stat",
        ];
    }

    /// <summary>How long a control group was held back, in ms, by its cpu.stat of version 2 (in µs) or 1 (in ns).</summary>
    public static double? ThrottledMs(string? cpuStat)
    {
        foreach (string line in Lines(cpuStat))
        {
            switch (Fields(line))
            {
                case ["throttled_usec", var microseconds]:
                    return Number(microseconds) / 1e3;
                case ["throttled_time", var ns]:
                    return Number(ns) / 1e6;
            }
        }

        return null;
    }

    private static string[] Lines(string? text) => text?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string[] Fields(string? line) => line?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : null;
}
