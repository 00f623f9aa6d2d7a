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

/// <summary>Runs BenchmarkDotNet in this process for the cases of a launch. BenchmarkDotNet writes its usual output files.</summary>
internal static class BenchmarkRun
{
    // A timeout so long that it is never reached. After a timeout, BenchmarkDotNet would leave the hanging thread running and measure the
    // next case at the same time. Instead, the parent process kills a launch that hangs.
    private static readonly TimeSpan s_noTimeout = TimeSpan.FromHours(12);

    // The length of one iteration of BenchmarkDotNet, in ms.
    private const double IterationMs = 5;

    public static void Run(LaunchRunner launch)
    {
        Directory.CreateDirectory(launch.Plan.Folder);
        using var file = new StreamWriter(Path.Combine(launch.Plan.Folder, "BenchmarkDotNet.log"));
        BenchmarkRunner.Run<DelegationBenchmarks>(Config(launch, new StreamLogger(file)));
    }

    /// <summary>Returns the id of the case that a benchmark of BenchmarkDotNet measures.</summary>
    public static CaseId IdOf(BenchmarkCase benchmark) => new(
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Binding)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Function)],
        (string)benchmark.Parameters[nameof(DelegationBenchmarks.Payload)]);

    /// <summary>Returns the full name that BenchmarkDotNet gives to a case.</summary>
    public static string FullName(CaseId id) =>
        $"{typeof(DelegationBenchmarks).FullName}.{nameof(DelegationBenchmarks.Call)}("
        + $"{nameof(DelegationBenchmarks.Binding)}: \"{id.Method}\", "
        + $"{nameof(DelegationBenchmarks.Function)}: \"{id.Function}\", "
        + $"{nameof(DelegationBenchmarks.Payload)}: \"{id.Payload}\")";

    /// <summary>Parses a user's BenchmarkDotNet options with BenchmarkDotNet's own parser.</summary>
    /// <returns>The configuration. If an option is invalid, the method returns null and writes the reason to the log.</returns>
    public static IConfig? ParseArguments(IReadOnlyList<string> arguments, ILogger log) =>
        ConfigParser.Parse([.. arguments], log) is (true, var config, _) ? config : null;

    private static ManualConfig Config(LaunchRunner launch, ILogger log)
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
            // Disables BenchmarkDotNet's own log file, because its name differs from run to run. The logger above writes
            // BenchmarkDotNet.log instead.
            .WithOptions(ConfigOptions.DisableLogFile);
        if (given.GetJobs().All(job => job.Meta.IsMutator))
        {
            // Adds a short job, because the percentiles come from the latency pass. BenchmarkDotNet makes 10 to 14 iterations a case, most
            // of them to find the number of calls in an iteration. If the user configured a job, that job is used instead.
            config.AddJob(Job.Default
                .WithWarmupCount(1)
                .WithIterationCount(3)
                .WithIterationTime(TimeInterval.FromMilliseconds(IterationMs))
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

    /// <summary>
    /// Executes the cases in the random order of the launch plan. The summary table keeps BenchmarkDotNet's default order.
    /// </summary>
    private sealed class PlannedOrder(IReadOnlyList<CaseId> cases) : DefaultOrderer
    {
        private readonly Dictionary<CaseId, int> _order = cases.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

        public bool Contains(CaseId id) => _order.ContainsKey(id);

        public override IEnumerable<BenchmarkCase> GetExecutionOrder(
            ImmutableArray<BenchmarkCase> benchmarkCases, IEnumerable<BenchmarkLogicalGroupRule>? order = null) =>
            benchmarkCases.OrderBy(benchmark => _order[IdOf(benchmark)]);
    }
}
