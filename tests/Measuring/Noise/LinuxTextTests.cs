using WorkerRpc.Benchmarks.Measuring.Noise;

namespace WorkerRpc.Tests.Measuring.Noise;

public class LinuxTextTests
{
    private const string Stat = """
        cpu  4000 400 2000 90000 700 50 60 1200 300 0
        cpu0 1000 100 500 30000 300 20 30 400 100 0
        cpu1 1200 100 600 30000 200 20 20 300 100 0
        cpu10 1800 200 900 30000 200 10 10 500 100 0
        intr 11613670 0 0 0
        ctxt 92252139
        """;

    [Fact]
    public void Busy_time_excludes_idle_interrupts_and_guests() =>
        Assert.Equal(new CpuTimes((1000 + 100 + 500) / 100.0, 400 / 100.0), LinuxText.Cpus(Stat, new HashSet<int> { 0 }));

    [Fact]
    public void Only_allowed_CPUs_count() =>
        Assert.Equal(new CpuTimes(45, 9), LinuxText.Cpus(Stat, new HashSet<int> { 0, 10 }));

    [Fact]
    public void All_CPUs_count_once_when_allowed_ones_are_unknown() =>
        Assert.Equal(new CpuTimes(64, 12), LinuxText.Cpus(Stat, allowed: null));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("intr 1 2 3")]
    [InlineData("cpu0 1 2 3")]
    [InlineData("cpu0 a b c d e f g h")]
    public void Cpu_times_are_null_when_unreadable(string? stat) => Assert.Null(LinuxText.Cpus(stat, allowed: null));

    [Theory]
    [InlineData("0", "0")]
    [InlineData("0-1", "0,1")]
    [InlineData("1,3-5,8", "1,3,4,5,8")]
    public void Allowed_CPUs_are_read_from_ranges(string list, string cpus) => Assert.Equal(
        cpus.Split(',').Select(int.Parse),
        LinuxText.AllowedCpus($"Name:\tx\nCpus_allowed:\t3\nCpus_allowed_list:\t{list}\nMems_allowed:\t1\n")!.Order());

    [Theory]
    [InlineData(null)]
    [InlineData("Name:\tx\n")]
    [InlineData("Cpus_allowed_list:\tall\n")]
    public void Allowed_CPUs_are_null_when_unreadable(string? status) => Assert.Null(LinuxText.AllowedCpus(status));

    [Theory]
    [InlineData("dotnet")]
    [InlineData("a b) R 1 2 (c")]
    [InlineData(") ((")]
    public void Process_time_includes_children_for_any_program_name(string name) => Assert.Equal(
        (700 + 50 + 6 + 4) / 100.0,
        LinuxText.ProcessSeconds(
            $"42 ({name}) S 1 42 42 0 -1 4194560 901 902 903 904 700 50 6 4 20 0 17 0 31415 271828 1024 18446744073709551615\n"));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("42 (dotnet) S 1 42 42 0 -1 4194560 901 902 903 904 700 50")]
    public void Process_time_is_null_when_unreadable(string? stat) => Assert.Null(LinuxText.ProcessSeconds(stat));

    [Theory]
    [InlineData("usage_usec 9000000\nuser_usec 1\nsystem_usec 2\nnr_periods 12\nnr_throttled 3\nthrottled_usec 2500\n", 2.5)]
    [InlineData("nr_periods 12\nnr_throttled 3\nthrottled_time 2500000\n", 2.5)]
    [InlineData("nr_periods 0\nnr_throttled 0\nthrottled_time 0\n", 0.0)]
    [InlineData("usage_usec 9000000\nuser_usec 1\nsystem_usec 2\n", null)]
    [InlineData(null, null)]
    public void Throttled_time_is_read_from_both_cgroup_versions(string? cpuStat, double? ms) =>
        Assert.Equal(ms, LinuxText.ThrottledMs(cpuStat));

    [Theory]
    [InlineData("0::/user.slice/a:b\n", "/sys/fs/cgroup/user.slice/a:b/cpu.stat")]
    [InlineData("4:memory:/m\n3:cpu,cpuacct:/docker/1\n0::/\n", "/sys/fs/cgroup/cpu/docker/1/cpu.stat")]
    [InlineData("3:cpuset:/s\n2:cpuacct:/t\n0::/u\n", "/sys/fs/cgroup/u/cpu.stat")]
    [InlineData(null, "/sys/fs/cgroup/cpu/cpu.stat")]
    public void Throttling_files_list_own_group_before_roots(string? selfCgroup, string first)
    {
        IReadOnlyList<string> files = LinuxText.ThrottlingFiles(selfCgroup);

        Assert.Equal(first, files[0]);
        Assert.Equal(["/sys/fs/cgroup/cpu/cpu.stat", "/sys/fs/cgroup/cpu.stat"], files.TakeLast(2));
    }

    [Theory]
    [InlineData(
        "processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\n"
            + "microcode\t: 0x1000065\n\nprocessor\t: 1\ncpu family\t: 26\n",
        "family 25, model 17, stepping 1, microcode 0x1000065")]
    [InlineData(
        "processor\t: 0\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\nCPU revision\t: 1\n",
        "implementer 0x41, variant 0x3, part 0xd0c, revision 1")]
    [InlineData("vendor_id : IBM/S390\n", null)]
    [InlineData(null, null)]
    public void Processor_version_names_its_generation(string? cpuInfo, string? version) =>
        Assert.Equal(version, LinuxText.CpuVersion(cpuInfo));

    [Theory]
    [InlineData("1.55 0.55 0.21 2/96 9344\n", 1.55)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void Load_is_the_one_minute_average(string? loadavg, double? load) => Assert.Equal(load, LinuxText.Load(loadavg));
}
