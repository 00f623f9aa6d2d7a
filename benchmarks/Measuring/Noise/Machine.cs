namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>What the machine tells of itself in files; null is what it does not tell.</summary>
/// <param name="read">A file's text; null where it cannot be read.</param>
internal sealed class Machine(Func<string, string?> read)
{
    private readonly IReadOnlySet<int>? _cpus = LinuxText.AllowedCpus(read("/proc/self/status"));

    /// <summary>This machine. Where it is not Linux, it tells nothing.</summary>
    public static Machine Current() => new(Read);

    /// <summary>The load average of the last minute.</summary>
    public double? Load => LinuxText.Load(read("/proc/loadavg"));

    /// <summary>The times of the CPUs that this process, and so the launch, may use.</summary>
    public CpuTimes? Cpus => LinuxText.Cpus(read("/proc/stat"), _cpus);

    /// <summary>How long this process's control group was held back so far, in ms.</summary>
    public double? ThrottledMs => LinuxText.ThrottlingFiles(read("/proc/self/cgroup"))
        .Select(path => LinuxText.ThrottledMs(read(path)))
        .FirstOrDefault(ms => ms is not null);

    /// <summary>The distinct frequency governors of the CPUs that this process may use.</summary>
    public string? Governor
    {
        get
        {
            string[] governors =
            [
                .. (_cpus ?? new HashSet<int>()).Order()
                    .Select(cpu => read($"/sys/devices/system/cpu/cpu{cpu}/cpufreq/scaling_governor")?.Trim())
                    .OfType<string>().Distinct(),
            ];
            return governors.Length > 0 ? string.Join(", ", governors) : null;
        }
    }

    /// <summary>The processor time of a process, in seconds; null once it has ended.</summary>
    public double? ProcessSeconds(int process) => LinuxText.ProcessSeconds(read(FormattableString.Invariant($"/proc/{process}/stat")));

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A process that ended between the two, or a file that is kept from containers.
            return null;
        }
    }
}
