using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>An exporter for BenchmarkDotNet that writes the report of one launch, in the same formats as the report of a run.</summary>
internal sealed class LaunchReports(LaunchRunner launch) : IExporter
{
    private readonly Lazy<RunAnalysis> _analysis = new(() => new RunAnalysis(Report(launch)));

    /// <summary>The analysis of the launch. It is computed on first access, when BenchmarkDotNet has finished the last pass.</summary>
    public RunAnalysis Analysis => _analysis.Value;

    public string Name => nameof(LaunchReports);

    public void ExportToLog(Summary summary, ILogger logger)
    {
    }

    public IEnumerable<string> ExportToFiles(Summary summary, ILogger consoleLogger)
    {
        string folder = launch.Plan.Folder;
        ReportFiles.Write(Analysis, folder);
        return [Path.Combine(folder, RunReport.FileName)];
    }

    private static RunReport Report(LaunchRunner launch) => RunReports.Merge(
        launch.Plan.Run,
        new Matrix(
            BindingCatalog.WithAssembly(launch.Plan.BindingsAssembly),
            launch.Plan.Run.PayloadFile,
            FunctionList.Load(launch.Plan.FunctionsAssembly)),
        launch.Cases,
        [(launch.Record, launch.Record.Report(LaunchOutcome.Finished, null, Environment.TickCount64 / 1e3, noise: null))],
        interrupted: false);
}
