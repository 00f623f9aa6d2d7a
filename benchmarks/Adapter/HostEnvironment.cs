using System.Runtime.InteropServices;
using BenchmarkDotNet.Environments;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Describes this machine and process for reports. BenchmarkDotNet knows the processor's name.</summary>
internal static class HostEnvironment
{
    /// <summary>What this process runs on.</summary>
    public static EnvironmentReport Current()
    {
        HostEnvironmentInfo host = HostEnvironmentInfo.GetCurrent();
        return new EnvironmentReport
        {
            Cpu = host.Cpu.Value?.ProcessorName ?? "unknown",
            Cores = Environment.ProcessorCount,
            Os = RuntimeInformation.OSDescription,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            Runtime = RuntimeInformation.FrameworkDescription,
            GarbageCollector = RuntimeSettings.Collector,
            Tiering = RuntimeSettings.Tiering,
            BenchmarkDotNet = host.BenchmarkDotNetVersion,
            Tool = RunReport.CurrentProgramVersion,
        };
    }

    /// <summary>What the launches run on that this process starts.</summary>
    public static EnvironmentReport OfLaunches() => Current() with { GarbageCollector = RuntimeSettings.CollectorOfLaunches };
}
