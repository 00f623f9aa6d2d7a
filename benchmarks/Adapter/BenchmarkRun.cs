using System.Collections.Immutable;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.ConsoleArguments;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters.Json;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;
using Perfolizer.Mathematics.OutlierDetection;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>BenchmarkDotNet's part of a launch: its in-process toolchain over the selected cases, its own files untouched.</summary>
internal static class BenchmarkRun
{
    // The parent kills a launch that hangs; BenchmarkDotNet's own limit would abandon the thread and measure on beside it.
    private static readonly TimeSpan s_noTimeout = TimeSpan.FromHours(12);

    public static void Run(Launch launch)
    {
        Directory.CreateDirectory(launch.Plan.Folder);
        using var file = new StreamWriter(Path.Combine(launch.Plan.Folder, "BenchmarkDotNet.log"));
        BenchmarkRunner.Run<DelegationBenchmarks>(Config(launch, new StreamLogger(file)));
    }

    /// <summary>The case of a BenchmarkDotNet case.</summary>
    public static CaseId IdOf(BenchmarkCase benchmark) => new(
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Binding)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Function)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Payload)]);

    /// <summary>BenchmarkDotNet's full name of a case.</summary>
    public static string FullName(CaseId id) =>
        $"{typeof(DelegationBenchmarks).FullName}.{nameof(DelegationBenchmarks.Call)}({nameof(DelegationBenchmarks.Binding)}: \"{id.Method}\", {nameof(DelegationBenchmarks.Function)}: \"{id.Function}\", {nameof(DelegationBenchmarks.Payload)}: \"{id.Payload}\")";

    /// <summary>What the user gave for BenchmarkDotNet, read by its own parser.</summary>
    /// <returns>Null where its parser refuses it; the reason is in the log.</returns>
    public static IConfig? ParseArguments(IReadOnlyList<string> arguments, ILogger log) =>
        ConfigParser.Parse([.. arguments], log) is (true, var config, _) ? config : null;

    private static ManualConfig Config(Launch launch, ILogger log)
    {
        IConfig given = ParseArguments(launch.Plan.Run.BenchmarkDotNetArguments, log)
            ?? throw new InvalidOperationException("The run checked BenchmarkDotNet's arguments before it started this launch.");
        var order = new PlannedOrder(launch.Cases);
        var reports = new LaunchReports(launch);
        ManualConfig config = ManualConfig.CreateEmpty()
            .AddColumnProvider(DefaultColumnProviders.Instance)
            .AddColumn([.. CallColumns.All(reports)])
            .AddAnalyser([.. DefaultConfig.Instance.GetAnalysers()])
            .AddValidator([.. DefaultConfig.Instance.GetValidators()])
            .AddExporter([.. DefaultConfig.Instance.GetExporters()])
            .AddExporter(JsonExporter.Full, reports)
            .AddDiagnoser(MemoryDiagnoser.Default, new CallPercentiles(launch))
            .AddLogger(log)
            .AddFilter(new SimpleFilter(benchmark => order.Contains(IdOf(benchmark))))
            .WithOrderer(order)
            .WithArtifactsPath(launch.Plan.Folder)
            // The log goes to one file under a fixed name instead.
            .WithOptions(ConfigOptions.DisableLogFile);
        if (given.GetJobs().All(job => job.Meta.IsMutator))
        {
            // Short, for the percentiles come from the pass; a job or iteration settings of the user's own stand instead.
            config.AddJob(Job.Default.WithWarmupCount(1).WithIterationCount(3).WithIterationTime(TimeInterval.FromMilliseconds(25)).WithEvaluateOverhead(false).WithGcForce(false));
        }

        config.Add(given);
        return config
            .AddJob(new Job("Delegation")
                .WithToolchain(new InProcessEmitToolchain(s_noTimeout, logOutput: true))
                .WithEngineFactory(new LatencyEngineFactory(launch))
                .WithOutlierMode(OutlierMode.DontRemove)
                .AsMutator());
    }

    /// <summary>Executes the cases in the plan's order and lists them in the matrix's.</summary>
    private sealed class PlannedOrder(IReadOnlyList<CaseId> cases) : DefaultOrderer
    {
        private readonly Dictionary<CaseId, int> _order = cases.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

        public bool Contains(CaseId id) => _order.ContainsKey(id);

        public override IEnumerable<BenchmarkCase> GetExecutionOrder(
            ImmutableArray<BenchmarkCase> benchmarkCases, IEnumerable<BenchmarkLogicalGroupRule>? order = null) =>
            benchmarkCases.OrderBy(benchmark => _order[IdOf(benchmark)]);
    }
}
