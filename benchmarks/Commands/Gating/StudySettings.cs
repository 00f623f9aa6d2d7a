using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands.Gating;

/// <summary>The settings of the gate's processes.</summary>
internal static class StudySettings
{
    /// <summary>Creates the header of a study with the cases and settings of a gate run. It has no commit and no seed.</summary>
    /// <param name="kind">The kind of the payloads.</param>
    public static StudyHeader Of(PayloadKind kind) => new()
    {
        Version = StudyHeader.CurrentVersion,
        Commit = "",
        Seed = 0,
        Cases = [.. GateCases.Default.Select(id => id.ToString())],
        Rounds = Gate.ScreeningRounds,
        PayloadKind = kind,
        Environment = HostEnvironment.OfLaunches(),
        RuntimeSettings = string.Join(", ", PairRunner.RuntimeSettings.Select(setting => $"{setting.Setting}={setting.Value}")),
        MethodSettings = GateCases.Default
            .Select(id => id.Method)
            .Distinct()
            .ToDictionary(method => method, method => BindingCatalog.BuiltIn.Find(method).Settings),
    };
}
