using System.Globalization;
using System.Runtime;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>The .NET runtime settings that affect figures, as text for reports.</summary>
internal static class RuntimeSettingsText
{
    private static readonly string[] s_collectorSettings =
        ["GCHeapAffinitizeMask", "GCHeapCount", "GCConserveMemory", "GCDynamicAdaptationMode", "GCRetainVM"];

    private static readonly string[] s_tieringSettings =
    [
        "TieredCompilation", "TieredPGO", "TC_QuickJit", "TC_QuickJitForLoops", "ReadyToRun", "ThreadPool_UnfairSemaphoreSpinLimit",
    ];

    /// <summary>The garbage collector's settings in this process.</summary>
    public static string Collector => CollectorWith(Configured("GCGen0MaxBudget"));

    /// <summary>The garbage collector's settings in the launches that this process will start.</summary>
    public static string CollectorOfLaunches => WorkerEnvironment.IsSet ? Collector : CollectorWith(WorkerEnvironment.Gen0Bytes);

    /// <summary>
    /// The settings of tiered compilation and thread-pool spinning that differ from .NET's defaults; "default" if none differs.
    /// </summary>
    public static string Tiering => Set(s_tieringSettings) is { Length: > 0 } set ? set : "default";

    private static string CollectorWith(double gen0Bytes)
    {
        string set = Set(s_collectorSettings);
        return $"{(GCSettings.IsServerGC ? "server" : "workstation")}, "
            + $"{(GCSettings.LatencyMode == GCLatencyMode.Batch ? "not concurrent" : "concurrent")}, "
            + $"gen 0 up to {Format.Bytes(gen0Bytes)}, large objects from {Format.Bytes(Configured("LOHThreshold"))}"
            + (set.Length > 0 ? ", " + set : "");
    }

    // Asks the garbage collector for its settings. It ignores some settings of runtimeconfig.json and reads them only from the
    // environment.
    private static double Configured(string setting) =>
        Convert.ToDouble(GC.GetConfigurationVariables()[setting], CultureInfo.InvariantCulture);

    private static string Set(IReadOnlyList<string> names) => string.Join(", ", names
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable("DOTNET_" + name)))
        .Where(setting => setting.Value is not null)
        .Select(setting => $"{setting.Name}={setting.Value}"));
}
