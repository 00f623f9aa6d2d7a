using System.Runtime.InteropServices;
using BenchmarkDotNet.Environments;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Noise;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Describes the machine and the .NET runtime for reports. BenchmarkDotNet provides the processor's name.</summary>
internal static class HostEnvironment
{
    /// <summary>Describes the machine and the runtime of this process.</summary>
    public static EnvironmentReport Current()
    {
        HostEnvironmentInfo host = HostEnvironmentInfo.GetCurrent();
        return new EnvironmentReport
        {
            Cpu = host.Cpu.Value?.ProcessorName ?? "unknown",
            // Windows states the version in an environment variable.
            CpuVersion = Machine.Current().CpuVersion ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER"),
            Cores = Environment.ProcessorCount,
            Os = RuntimeInformation.OSDescription,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
            Runtime = RuntimeInformation.FrameworkDescription,
            GarbageCollector = RuntimeSettingsText.Collector,
            Tiering = RuntimeSettingsText.Tiering,
            BenchmarkDotNet = host.BenchmarkDotNetVersion,
            Tool = RunReport.CurrentProgramVersion,
        };
    }

    /// <summary>Describes the launches that this process will start. They can use another garbage collector than this process.</summary>
    public static EnvironmentReport OfLaunches() => Current() with { GarbageCollector = RuntimeSettingsText.CollectorOfLaunches };
}
