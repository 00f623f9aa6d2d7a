using WorkerRpc.Benchmarks.Measuring.Noise;

namespace WorkerRpc.Tests.Measuring.Noise;

public class MachineTests
{
    private static readonly Dictionary<string, string> s_files = new()
    {
        ["/proc/self/status"] = "Cpus_allowed_list:\t1-2\n",
        ["/proc/self/cgroup"] = "0::/docker/of-the-host\n",
        ["/proc/stat"] = "cpu0 900 0 0 0 0 0 0 0\ncpu1 100 0 0 0 0 0 0 0\ncpu2 200 0 0 0 0 0 0 0\n",
        ["/proc/7/stat"] = "7 (launch) S 1 7 7 0 -1 0 0 0 0 0 50 25 0 0 20\n",
        ["/sys/fs/cgroup/cpu.stat"] = "throttled_usec 3000\n",
        ["/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"] = "userspace\n",
        ["/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor"] = "performance\n",
        ["/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor"] = "powersave\n",
    };

    [Fact]
    public void Properties_are_null_without_files()
    {
        var machine = new Machine(_ => null);

        Assert.Null(machine.Load);
        Assert.Null(machine.Cpus);
        Assert.Null(machine.ThrottledMs);
        Assert.Null(machine.Governor);
        Assert.Null(machine.ProcessSeconds(7));
        Assert.Null(UsageSample.Take(machine, launch: null));
    }

    [Fact]
    public void Properties_cover_the_allowed_CPUs()
    {
        var machine = new Machine(s_files.GetValueOrDefault);

        Assert.Equal(new CpuTimes(3, 0), machine.Cpus);
        Assert.Equal("performance, powersave", machine.Governor);
        Assert.Equal(0.75, machine.ProcessSeconds(7));
    }

    [Fact]
    public void Root_throttling_is_read_when_group_path_is_missing() =>
        Assert.Equal(3, new Machine(s_files.GetValueOrDefault).ThrottledMs);

    [Fact]
    public void Sample_is_null_after_the_launch_ended()
    {
        var machine = new Machine(s_files.GetValueOrDefault);

        Assert.NotNull(UsageSample.Take(machine, launch: 7));
        Assert.Null(UsageSample.Take(machine, launch: 8));
    }

    [Fact]
    public void Others_cores_exclude_the_launch_and_this_process()
    {
        var first = new UsageSample(10, new CpuTimes(100, 4), 30);
        var last = new UsageSample(14, new CpuTimes(107, 5), 35);

        Assert.Equal(0.5, UsageSample.OthersCores(first, last));
        Assert.Equal(0.25, UsageSample.StealCores(first, last));
    }

    [Fact]
    public void Others_cores_need_two_samples_and_are_never_negative()
    {
        var first = new UsageSample(10, new CpuTimes(100, 0), 30);

        Assert.Null(UsageSample.OthersCores(first, null));
        Assert.Null(UsageSample.OthersCores(null, first));
        Assert.Null(UsageSample.OthersCores(first, first));
        Assert.Equal(0, UsageSample.OthersCores(first, new UsageSample(11, new CpuTimes(101, 0), 31.01)));
    }

    [Fact]
    public void Wake_up_over_10_ms_late_is_a_stall()
    {
        var stalls = new StallCounter(TimeSpan.FromMilliseconds(25));

        foreach (int elapsedMs in (int[])[25, 35, 75, 5, 36])
        {
            stalls.AddWakeUp(TimeSpan.FromMilliseconds(elapsedMs));
        }

        Assert.Equal(50, stalls.LongestMs);
        Assert.Equal(2, stalls.Count);
    }
}
