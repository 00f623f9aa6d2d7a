using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.History;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The command <c>history</c>. It follows each case over many reports, and finds where a case became slower.</summary>
internal sealed class HistoryCommand : ICommand
{
    private const string Page = "history.html";

    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(10);

    private readonly Argument<string[]> _reports = new("REPORTS")
    {
        Description = "Files like report.json, and folders: each report.json below them. Without any: artifacts/ of the repository",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _to = new("--to")
    {
        Description = "A folder for history.md, history.csv, a picture of each series and history.html. Without it none is written",
        HelpName = "DIR",
    };

    private readonly VerdictOptions _verdict = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand(
                "Follows each case over many reports: where it became slower or faster, in a step or a slow drift.")
            {
                _reports, _to,
            };
            _verdict.All.ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- history
          dotnet run -c Release --project benchmarks -- history artifacts/baseline --to artifacts/results/history

        A slow-down counts (exit code 1) if it began, or a drift still went on, within the newest 5 reports.
        Reports of different machines, runtimes, settings or profiles are separate series.
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        string[] named = parsed.GetValue(_reports) ?? [];
        var unreadable = new List<string>();
        HistoryReport[] reports = [.. Read(named.Length > 0 ? named : [OutputOptions.DefaultFolder], unreadable)];
        var history = ReportHistory.Of(reports, unreadable);
        return Task.FromResult(new CommandPlan(
            (output, _, _) => Task.FromResult(Show(history, parsed.GetValue(_to), _verdict.Output(parsed, output))))
        {
            ExpectedLength = s_length,
        });
    }

    // A named file must be readable. A folder may have files that are not: they are left out by name.
    private static IEnumerable<HistoryReport> Read(IEnumerable<string> paths, List<string> unreadable)
    {
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                yield return HistoryReport.Of(path, RunReportConsistency.Read(path));
                continue;
            }

            foreach (FileInfo file in ReportCatalog.FilesBelow(path))
            {
                string found = Path.GetRelativePath(Environment.CurrentDirectory, file.FullName);
                found = found.StartsWith("..", StringComparison.Ordinal) ? file.FullName : found;
                if (ReadFound(found, unreadable) is { } report)
                {
                    yield return report;
                }
            }
        }
    }

    private static HistoryReport? ReadFound(string path, List<string> unreadable)
    {
        try
        {
            return HistoryReport.Of(path, RunReportConsistency.Read(path));
        }
        catch (UnusableInputException e)
        {
            unreadable.Add(e.Message);
            return null;
        }
    }

    private static ProgramExitCode Show(ReportHistory history, string? to, VerdictOutput output)
    {
        Conclusion conclusion = history.Conclude();
        output.Begin(conclusion.Sentence);
        HistoryScreen.Write(output.Details, history);
        if (to is not null)
        {
            string folder = Path.GetFullPath(to);
            var files = new Dictionary<string, byte[]>(HistoryFiles.Of(history, out string? noPictures)) { [Page] = PageOf(history) };
            RunOutcome.Save("History", folder, () => ReportFiles.Replace(folder, files), output.Details);
            if (noPictures is not null)
            {
                output.Details.WriteLine($"No pictures: {noPictures}.");
            }

            conclusion = conclusion with { Folder = folder };
        }

        return output.End(conclusion, isLast: to is null);
    }

    // Shows the newest report, with the history of as many reports of its series as a page can show.
    private static byte[] PageOf(ReportHistory history)
    {
        RunReport[] reports =
            [.. history.Series[0].Reports.TakeLast(ReportServer.MaxReports).Select(report => RunReportConsistency.Read(report.Path))];
        return HtmlReport.Bytes(new RunAnalysis(reports[^1]), reports.SkipLast(1).LastOrDefault(), reports[..^1]);
    }
}
