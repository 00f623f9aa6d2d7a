namespace WorkerRpc.Benchmarks.Measuring.Noise;

/// <summary>Reads the machine's load and settings from /proc and /sys. A property is null if its value cannot be read.</summary>
/// <param name="read">The function that returns a file's text, or null if the file cannot be read.</param>
internal sealed class Machine(Func<string, string?> read)
{
    private readonly IReadOnlySet<int>? _cpus = LinuxText.AllowedCpus(read("/proc/self/status"));

    /// <summary>Returns this machine. On systems other than Linux, all its properties are null.</summary>
    public static Machine Current() => new(Read);

    /// <summary>The processor's family, model, stepping and microcode, as text.</summary>
    public string? CpuVersion => LinuxText.CpuVersion(read("/proc/cpuinfo"));

    /// <summary>The load average of the last minute.</summary>
    public double? Load => LinuxText.Load(read("/proc/loadavg"));

    /// <summary>The processor times of the CPUs that this process and its launches may use.</summary>
    public CpuTimes? Cpus => LinuxText.Cpus(read("/proc/stat"), _cpus);

    /// <summary>The time in which this process's control group was throttled so far, in ms.</summary>
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

    /// <summary>Returns the processor time of a process, in seconds. Returns null if the process has ended.</summary>
    public double? ProcessSeconds(int process) => LinuxText.ProcessSeconds(read(FormattableString.Invariant($"/proc/{process}/stat")));

    private static string? Read(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended after the call of File.Exists, or the container forbids reading the file.
            return null;
        }
    }
}
