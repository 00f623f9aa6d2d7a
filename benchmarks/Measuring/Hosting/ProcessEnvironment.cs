using System.Globalization;
using System.Runtime;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Environments;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>Reads what this process runs on.</summary>
internal static class ProcessEnvironment
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
            GarbageCollector = Collector(Collector("GCGen0MaxBudget")),
            Tiering = Settings(["TieredCompilation", "TieredPGO", "TC_QuickJit", "TC_QuickJitForLoops", "ReadyToRun", "ThreadPool_UnfairSemaphoreSpinLimit"], "") is { Length: > 0 } set ? set : "default",
            BenchmarkDotNet = host.BenchmarkDotNetVersion,
            Tool = typeof(EnvironmentReport).Assembly.GetName().Version!.ToString(3),
        };
    }

    /// <summary>Describes what the launches that this process starts run on.</summary>
    public static EnvironmentReport OfLaunches() => WorkerEnvironment.IsSet
        ? Current()
        : Current() with { GarbageCollector = Collector(WorkerEnvironment.Gen0Bytes) };

    private static string Collector(double gen0Bytes) =>
        $"{(GCSettings.IsServerGC ? "server" : "workstation")}, {(GCSettings.LatencyMode == GCLatencyMode.Batch ? "not concurrent" : "concurrent")}, "
        + $"gen 0 up to {Format.Bytes(gen0Bytes)}, large objects from {Format.Bytes(Collector("LOHThreshold"))}"
        + Settings(["GCHeapAffinitizeMask", "GCHeapCount", "GCConserveMemory", "GCDynamicAdaptationMode", "GCRetainVM"], ", ");

    // As the collector says that it runs with it: it knows some settings from the environment alone, and ignores the same
    // setting in a settings file without a word.
    private static double Collector(string setting) => Convert.ToDouble(GC.GetConfigurationVariables()[setting], CultureInfo.InvariantCulture);

    private static string Settings(IReadOnlyList<string> names, string before)
    {
        string set = string.Join(", ", names
            .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable("DOTNET_" + name)))
            .Where(setting => setting.Value is not null)
            .Select(setting => $"{setting.Name}={setting.Value}"));
        return set.Length > 0 ? before + set : "";
    }
}
