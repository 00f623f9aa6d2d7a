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

/// <summary>Runs BenchmarkDotNet in this process over a launch's cases, with its usual output files.</summary>
internal static class BenchmarkRun
{
    // Long enough never to be reached: after its timeout BenchmarkDotNet would leave the hanging thread running and measure
    // the next case beside it. The parent process kills a launch that hangs.
    private static readonly TimeSpan s_noTimeout = TimeSpan.FromHours(12);

    public static void Run(Launch launch)
    {
        Directory.CreateDirectory(launch.Plan.Folder);
        using var file = new StreamWriter(Path.Combine(launch.Plan.Folder, "BenchmarkDotNet.log"));
        BenchmarkRunner.Run<DelegationBenchmarks>(Config(launch, new StreamLogger(file)));
    }

    /// <summary>The id of the case that a BenchmarkDotNet case measures.</summary>
    public static CaseId IdOf(BenchmarkCase benchmark) => new(
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Binding)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Function)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Payload)]);

    /// <summary>BenchmarkDotNet's full name of a case.</summary>
    public static string FullName(CaseId id) =>
        $"{typeof(DelegationBenchmarks).FullName}.{nameof(DelegationBenchmarks.Call)}("
        + $"{nameof(DelegationBenchmarks.Binding)}: \"{id.Method}\", "
        + $"{nameof(DelegationBenchmarks.Function)}: \"{id.Function}\", "
        + $"{nameof(DelegationBenchmarks.Payload)}: \"{id.Payload}\")";

    /// <summary>Parses a user's BenchmarkDotNet options with BenchmarkDotNet's own parser.</summary>
    /// <returns>The configuration; null if the options are invalid. The log then has the reason.</returns>
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
            // Without BenchmarkDotNet's log file, whose name changes per run: the logger above writes BenchmarkDotNet.log.
            .WithOptions(ConfigOptions.DisableLogFile);
        if (given.GetJobs().All(job => job.Meta.IsMutator))
        {
            // A short job, because the percentiles come from the latency pass. A user's own job replaces it.
            config.AddJob(Job.Default
                .WithWarmupCount(1)
                .WithIterationCount(3)
                .WithIterationTime(TimeInterval.FromMilliseconds(25))
                .WithEvaluateOverhead(false)
                .WithGcForce(false));
        }

        config.Add(given);
        return config
            .AddJob(new Job("Delegation")
                .WithToolchain(new InProcessEmitToolchain(s_noTimeout, logOutput: true))
                .WithEngineFactory(new LatencyEngineFactory(launch))
                .WithOutlierMode(OutlierMode.DontRemove)
                .AsMutator());
    }

    /// <summary>Executes the cases in the plan's random order. The summary table keeps BenchmarkDotNet's default order.</summary>
    private sealed class PlannedOrder(IReadOnlyList<CaseId> cases) : DefaultOrderer
    {
        private readonly Dictionary<CaseId, int> _order = cases.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

        public bool Contains(CaseId id) => _order.ContainsKey(id);

        public override IEnumerable<BenchmarkCase> GetExecutionOrder(
            ImmutableArray<BenchmarkCase> benchmarkCases, IEnumerable<BenchmarkLogicalGroupRule>? order = null) =>
            benchmarkCases.OrderBy(benchmark => _order[IdOf(benchmark)]);
    }
}
