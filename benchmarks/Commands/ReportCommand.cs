using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The command <c>report</c>. It writes all tables of a <c>report.json</c> again, or shows reports in a browser.</summary>
/// <param name="browse">Opens a file or an address in a browser, and returns whether a browser opened.</param>
internal sealed class ReportCommand(Func<string, Task<bool>> browse) : ICommand
{
    private const string FromName = "--from";

    private static readonly TimeSpan s_tablesLength = TimeSpan.FromSeconds(10);

    private readonly Option<string?> _from = new(FromName)
    {
        Description = "The report.json to read, or a folder with one",
        HelpName = "FILE",
    };

    private readonly Option<string?> _to = new("--to")
    {
        Description = "The folder to write to. Without it: that of FILE, but nothing if git tracks files there",
        HelpName = "DIR",
    };

    private readonly Option<string?> _hgrm = new("--hgrm")
    {
        Description = "A folder for a percentile distribution of each case, all launches together, in ms, "
            + "as HdrHistogram's plotter reads it",
        HelpName = "DIR",
    };

    private readonly ThresholdOption _threshold = new();

    private readonly Option<string?> _budget = new("--budget-ms")
    {
        Description = "What the p99 of a whole call may take in the recommendation, in place of the limits on overhead",
        HelpName = "MS",
    };

    private readonly Option<string?> _payload = new("--payload")
    {
        Description = "The one payload that the recommendation is for, like 1KB. Without it: every one",
        HelpName = "LABEL",
    };

    private readonly Option<bool> _open = new("--open")
    {
        Description = "Opens the page of the report in a browser; without --from that of the last run. With --serve the list",
    };

    private readonly Option<bool> _serve = new("--serve")
    {
        Description = "Shows all reports of the artifacts folder to a browser on this machine, to see one, two against each other, "
            + "or the history of more. Ctrl+C ends it",
    };

    private readonly Option<string?> _port = new("--port")
    {
        Description = "Where --serve listens, "
            + FormattableString.Invariant($"{ReportServer.PortBounds.Min} to {ReportServer.PortBounds.Max}. ")
            + "Without it: a port that is free",
        HelpName = "PORT",
    };

    private readonly Option<string?> _artifacts = new("--artifacts")
    {
        Description = "The folder whose reports are shown. Without it: artifacts/ of the repository",
        HelpName = "DIR",
    };

    private readonly VerdictOptions _verdict = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand(
                "Makes all tables again from a report.json, and gives its verdict and recommendation; shows reports in a browser.");
            TableOptions.Concat([_open, _serve, _port, _artifacts, .. _verdict.All]).ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- report --open
          dotnet run -c Release --project benchmarks -- report --serve
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json
          dotnet run -c Release --project benchmarks -- report --from report.json --to elsewhere --threshold p50=100us
          dotnet run -c Release --project benchmarks -- report --from artifacts/baseline/report.json --to elsewhere --hgrm elsewhere/hgrm
        """ + "\n  dotnet run -c Release --project benchmarks -- "
        + "report --from artifacts/baseline/report.json --to elsewhere --budget-ms 0.5 --payload 10KB";

    private IEnumerable<Option> TableOptions => [_from, _to, _hgrm, _threshold.Option, _budget, _payload];

    public async Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        string artifacts = parsed.GetValue(_artifacts) is { } given ? Path.GetFullPath(given) : OutputOptions.DefaultFolder;
        bool opens = parsed.GetValue(_open);
        if (parsed.GetValue(_serve))
        {
            Refuse(parsed, "--serve", TableOptions);
            _verdict.Refuse(parsed, "--serve");
            int port = Port(parsed);
            return new CommandPlan((output, _, cancellation) => ServeAsync(artifacts, port, opens, output, cancellation));
        }

        Refuse(parsed, "a report without --serve", [_port]);
        if (parsed.GetValue(_from) is { } from)
        {
            Refuse(parsed, "--from", [_artifacts]);
            return await PlanTablesAsync(parsed, InputFile.InFolder(from, RunReport.FileName), opens, interrupted);
        }

        if (!opens)
        {
            throw new UnusableInputException(
                "report: the option --from <FILE> is missing. Or: --open for the last run, --serve for a list of all reports.");
        }

        Refuse(parsed, "--open without --from", TableOptions);
        _verdict.Refuse(parsed, "--open without --from");
        return new CommandPlan(async (output, _, _) =>
        {
            await OpenAsync(PageOfLastRun(Path.Combine(artifacts, ResultsFolder.DefaultName)), output);
            return ProgramExitCode.Fine;
        });
    }

    private static void Refuse(ParseResult parsed, string mode, IEnumerable<Option> options)
    {
        if (options.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given)
        {
            throw new UnusableInputException($"{given.Name} takes no part in {mode}.");
        }
    }

    private static string PageOfLastRun(string folder)
    {
        string page = Path.Combine(folder, HtmlReport.File);
        return File.Exists(page) ? page : throw new UnusableInputException(
            $"There is no page of a run in {folder}. A run makes it; so does --from FILE, of a report.json that is there; "
            + "--serve lists what there is.");
    }

    private async Task<CommandPlan> PlanTablesAsync(ParseResult parsed, string from, bool opens, CancellationToken interrupted)
    {
        RunReport report = RunReportConsistency.Read(from);
        IReadOnlyList<string> thresholds = _threshold.Values(parsed);
        if (thresholds.Count > 0)
        {
            report = report with { Run = report.Run with { Thresholds = thresholds } };
            ThresholdOption.RequireUsable(thresholds, report.Cases.Select(one => one.Id));
        }

        var analysis = new RunAnalysis(report, Budget.Parse(parsed.GetValue(_budget), parsed.GetValue(_payload), report));
        string? distributions = parsed.GetValue(_hgrm) is { } hgrm ? Path.GetFullPath(hgrm) : null;
        string? folder = await FolderAsync(parsed, from, interrupted);
        return new CommandPlan(async (output, _, _) =>
        {
            VerdictOutput verdictOutput = _verdict.Output(parsed, output);
            // Computes these files before any file is written. If the launches cannot be merged, the exception then leaves all files
            // unchanged.
            IReadOnlyDictionary<string, byte[]>? files = distributions is null ? null : PercentileDistributions.Of(report);
            Conclusion conclusion = RunOutcome.Publish(analysis, from, folder, verdictOutput);
            if (distributions is not null)
            {
                RunOutcome.Save(
                    "Percentile distributions", distributions, () => ReportFiles.Replace(distributions, files!), verdictOutput.Details);
            }

            if (opens)
            {
                string page = folder is null ? PageInTemporaryFolder(analysis) : Path.Combine(folder, HtmlReport.File);
                await OpenAsync(page, verdictOutput.Details);
            }

            return verdictOutput.End(conclusion);
        })
        {
            // The length is null if a browser opens. Tests run only commands with a known length, and must not open a browser.
            ExpectedLength = opens ? null : s_tablesLength,
        };
    }

    // Returns the folder to write to. Returns null for a folder with files that git tracks, which only --to may change.
    private async Task<string?> FolderAsync(ParseResult parsed, string from, CancellationToken interrupted)
    {
        if (parsed.GetValue(_to) is { } to)
        {
            return Path.GetFullPath(to);
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(from))!;
        return await SourceState.IsTrackedAsync(folder, interrupted) ? null : folder;
    }

    private static string PageInTemporaryFolder(RunAnalysis analysis)
    {
        string page = Path.Combine(Directory.CreateTempSubdirectory("worker-rpc-report-").FullName, HtmlReport.File);
        WholeFile.Write(page, HtmlReport.Bytes(analysis));
        return page;
    }

    private int Port(ParseResult parsed) => parsed.GetValue(_port) is { } given ? ReportServer.PortBounds.Parse(given, _port.Name) : 0;

    private async Task OpenAsync(string target, TextWriter output) =>
        await output.WriteLineAsync(await browse(target) ? $"Opened: {target}" : $"No browser could be opened here. To look at: {target}");

    private async Task<ProgramExitCode> ServeAsync(string artifacts, int port, bool opens, TextWriter output, CancellationToken interrupted)
    {
        await using ReportServer server = await ReportServer.StartAsync(artifacts, port, interrupted);
        await output.WriteLineAsync($"Reports in {artifacts}: {server.Address}");
        if (opens)
        {
            await OpenAsync(server.Address.ToString(), output);
        }

        await output.WriteLineAsync("Ctrl+C ends it.");
        await output.FlushAsync(interrupted);
        var ended = new TaskCompletionSource();
        using CancellationTokenRegistration end = interrupted.Register(ended.SetResult);
        await ended.Task;
        // Returns success, because Ctrl+C is the normal way to end the server.
        return ProgramExitCode.Fine;
    }
}
