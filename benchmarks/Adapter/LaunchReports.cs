using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Launches;
using WorkerRpc.Benchmarks.Presenting;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Catalog;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>The reports of one launch, by the writers of the merged result, as a BenchmarkDotNet exporter.</summary>
internal sealed class LaunchReports : IExporter
{
    private static (Launch Launch, Tables Tables)? s_made;

    /// <summary>The tables of this process's launch. Asked for once all its passes are done.</summary>
    public static Tables Tables
    {
        get
        {
            Launch launch = Launch.Current;
            if (s_made is not { } made || made.Launch != launch)
            {
                s_made = made = (launch, new Tables(Report(launch)));
            }

            return made.Tables;
        }
    }

    public string Name => nameof(LaunchReports);

    public void ExportToLog(Summary summary, ILogger logger)
    {
    }

    public IEnumerable<string> ExportToFiles(Summary summary, ILogger consoleLogger)
    {
        string folder = Launch.Current.Plan.Folder;
        ReportFiles.Write(Tables.Report, folder);
        return [Path.Combine(folder, RunReport.FileName)];
    }

    private static RunReport Report(Launch launch) => RunReports.Merge(
        launch.Plan.Run,
        new Matrix(BindingCatalog.WithAssembly(launch.Plan.BindingsAssembly), launch.Plan.Run.PayloadFile),
        launch.Cases,
        [(launch.Record, launch.Record.Report(LaunchOutcome.Finished, null, Environment.TickCount64 / 1e3, noise: null))],
        interrupted: false);
}
