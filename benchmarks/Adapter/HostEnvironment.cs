using System.Runtime.InteropServices;
using BenchmarkDotNet.Environments;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Describes the machine and the runtime for reports. The processor's name comes from BenchmarkDotNet.</summary>
internal static class HostEnvironment
{
    /// <summary>Describes this process.</summary>
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

    /// <summary>Describes the launches that this process will start.</summary>
    public static EnvironmentReport OfLaunches() => Current() with { GarbageCollector = RuntimeSettings.CollectorOfLaunches };
}
