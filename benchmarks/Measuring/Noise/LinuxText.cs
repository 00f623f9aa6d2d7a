using System.Globalization;

namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>The total processor time of a set of CPUs since the machine started.</summary>
/// <param name="BusySeconds">The time in which the CPUs ran processes, in seconds.</param>
/// <param name="StealSeconds">The time that the hypervisor gave to other virtual machines, in seconds.</param>
internal readonly record struct CpuTimes(double BusySeconds, double StealSeconds);

/// <summary>Parses files below /proc and /sys. Returns null for a missing file or an unknown format.</summary>
internal static class LinuxText
{
    // The kernel writes processor times to /proc in units of 1/USER_HZ s, which is 1/100 s: see proc_stat(5).
    private const double TicksPerSecond = 100;

    // The fields of /proc/cpuinfo that differ between generations of processors, and their names in reports. The first four are those of
    // x86, the others those of Arm.
    private static readonly (string Field, string Name)[] s_cpuVersion =
    [
        ("cpu family", "family"), ("model", "model"), ("stepping", "stepping"), ("microcode", "microcode"),
        ("CPU implementer", "implementer"), ("CPU variant", "variant"), ("CPU part", "part"), ("CPU revision", "revision"),
    ];

    /// <summary>Returns the version of the first processor in /proc/cpuinfo, such as <c>family 25, model 17, stepping 1</c>.</summary>
    public static string? CpuVersion(string? cpuInfo)
    {
        // An empty line ends the fields of a processor.
        string first = cpuInfo?.Split("\n\n")[0] ?? "";
        var fields = Lines(first).Select(line => line.Split(':', 2)).Where(parts => parts.Length == 2)
            .DistinctBy(parts => parts[0].Trim())
            .ToDictionary(parts => parts[0].Trim(), parts => parts[1].Trim());
        string[] known =
        [
            .. s_cpuVersion.Where(one => fields.ContainsKey(one.Field)).Select(one => $"{one.Name} {fields[one.Field]}"),
        ];
        return known.Length > 0 ? string.Join(", ", known) : null;
    }

    /// <summary>Returns the load average of the last minute, which is the first field of /proc/loadavg.</summary>
    public static double? Load(string? loadavg) => Fields(loadavg) is [var minute, ..] ? Number(minute) : null;

    /// <summary>Returns the numbers of the CPUs that a process may use: the field <c>Cpus_allowed_list</c> of /proc/self/status.</summary>
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

    /// <summary>Adds up the processor times of the allowed CPUs.</summary>
    /// <param name="stat">The text of /proc/stat.</param>
    /// <param name="allowed">The numbers of the CPUs to include. If it is null, all CPUs are included.</param>
    public static CpuTimes? Cpus(string? stat, IReadOnlySet<int>? allowed)
    {
        CpuTimes? sum = null;
        foreach (string line in Lines(stat))
        {
            // The format of a line is "cpu1 user nice system idle iowait irq softirq steal …". The line "cpu" is skipped: it contains the
            // sum of all CPUs.
            if (line.StartsWith("cpu", StringComparison.Ordinal) && Fields(line) is [{ Length: > 3 } cpu, ..] fields
                && Number(cpu[3..]) is { } number && allowed?.Contains((int)number) != false)
            {
                double?[] ticks = [.. fields.Skip(1).Take(8).Select(Number)];
                if (ticks is not [{ } user, { } nice, { } system, _, _, _, _, { } steal])
                {
                    return null;
                }

                // The times of irq and softirq are left out. Most of that time the kernel handles the launch's own network packets, and the
                // kernel adds it to no process's time.
                sum = new CpuTimes(
                    (sum?.BusySeconds ?? 0) + ((user + nice + system) / TicksPerSecond),
                    (sum?.StealSeconds ?? 0) + (steal / TicksPerSecond));
            }
        }

        return sum;
    }

    /// <summary>Returns the processor time of a process and of its ended child processes, in seconds, from /proc/PID/stat.</summary>
    public static double? ProcessSeconds(string? stat)
    {
        // The second field is the program's name in parentheses. The name may itself contain spaces and parentheses, so the text is
        // cut after the last parenthesis.
        string? afterName = stat?[(stat.LastIndexOf(')') + 1)..];
        // The processor times utime, stime, cutime and cstime are fields 14 to 17 of the file. The text after the name starts with
        // field 3.
        double?[] ticks = [.. Fields(afterName).Skip(14 - 3).Take(4).Select(Number)];
        return ticks is [{ } user, { } system, { } childrenUser, { } childrenSystem]
            ? (user + system + childrenUser + childrenSystem) / TicksPerSecond
            : null;
    }

    /// <summary>
    /// Returns the possible paths of the control group's file cpu.stat, the most likely path first, from /proc/self/cgroup.
    /// </summary>
    /// <remarks>
    /// In a container, /proc/self/cgroup may contain the host's path, which does not exist in the container. Then one of the last
    /// two paths exists: those of the root groups of versions 1 and 2.
    /// </remarks>
    public static IReadOnlyList<string> ThrottlingFiles(string? selfCgroup)
    {
        // The format of a line is "hierarchy:controllers:path". In version 2 of control groups, the hierarchy is 0 and there are no
        // controllers.
        string[][] groups = [.. Lines(selfCgroup).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3)];
        return
        [
            .. groups.Where(parts => parts[1].Split(',').Contains("cpu"))
                .Select(parts => $"/sys/fs/cgroup/cpu{parts[2].TrimEnd('/')}/cpu.stat"),
            .. groups.Where(parts => parts[0] == "0").Select(parts => $"/sys/fs/cgroup{parts[2].TrimEnd('/')}/cpu.stat"),
            "/sys/fs/cgroup/cpu/cpu.stat",
            "/sys/fs/cgroup/cpu.stat",
        ];
    }

    /// <summary>
    /// Returns the time in which a control group was throttled, in ms. Its cpu.stat has µs in version 2 and ns in version 1.
    /// </summary>
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
