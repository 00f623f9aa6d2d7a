using System.CommandLine;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>The command <c>compare</c>. It compares two report files and lists the cases that became slower or faster.</summary>
internal sealed class CompareCommand : ICommand
{
    private const string Name = "compare";

    private static readonly TimeSpan s_length = TimeSpan.FromSeconds(5);

    private readonly Argument<string> _base = new("BASE")
    {
        Description = "A report.json, a folder with one, a percentiles.csv or percentiles.md, or BenchmarkDotNet's full JSON, CSV or "
            + "Markdown of a launch",
    };

    private readonly Argument<string> _current = new("CURRENT") { Description = "What is held against it: of the same kind" };

    private readonly Option<string?> _to = new("--to")
    {
        Description = "A folder for compare.md, compare.csv and compare.json, and of two reports compare.html, which shows both. "
            + "Without it none is written",
        HelpName = "DIR",
    };

    private readonly Option<string?> _runs = new("--runs")
    {
        Description = "Runs of study record-runs, whose spread a change has to exceed. Without it: those of this repository",
        HelpName = "FILE",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Show the figures of what cannot be compared too, without an answer",
    };

    private readonly VerdictOptions _verdict = new();

    public RootCommand Syntax
    {
        get
        {
            var syntax = new RootCommand("Compares two reports: which case became slower, faster, or stayed the same.")
            {
                _base, _current, _to, _runs, _force,
            };
            _verdict.All.ToList().ForEach(syntax.Options.Add);
            return syntax;
        }
    }

    public string Examples => """
        Examples:
          dotnet run -c Release --project benchmarks -- compare artifacts/baseline artifacts/results
          dotnet run -c Release --project benchmarks -- compare before.csv after.md --to artifacts/results
        """;

    public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
    {
        var before = ComparedFile.Read(parsed.GetValue(_base)!);
        var after = ComparedFile.Read(parsed.GetValue(_current)!);
        BetweenRuns spread = parsed.GetValue(_runs) is { } runs ? BetweenRuns.Of(RunPool.Read(runs)) : BetweenRuns.Recorded;
        return Task.FromResult(new CommandPlan((output, _, _) => Task.FromResult(Compare(parsed, before, after, spread, output)))
        {
            ExpectedLength = s_length,
        });
    }

    private ProgramExitCode Compare(ParseResult parsed, ComparedFile before, ComparedFile after, BetweenRuns spread, TextWriter output)
    {
        Comparison comparison = FileComparison.Of(before, after, parsed.GetValue(_force), spread);
        VerdictOutput verdictOutput = _verdict.Output(parsed, output);
        Conclusion conclusion = comparison.Conclude();
        verdictOutput.Begin(conclusion.Sentence);
        ComparisonScreen.Write(verdictOutput.Details, comparison);
        if (parsed.GetValue(_to) is { } to)
        {
            string folder = Path.GetFullPath(to);
            var files = new Dictionary<string, byte[]>(
                ComparisonFiles.Of(comparison, Name, (int)conclusion.Code).Concat(Page(before, after)));
            RunOutcome.Save("Comparison", folder, () => ReportFiles.Replace(folder, files), verdictOutput.Details);
            conclusion = conclusion with { Folder = folder };
        }

        return verdictOutput.End(conclusion, isLast: conclusion.Folder is null);
    }

    private static IEnumerable<KeyValuePair<string, byte[]>> Page(ComparedFile before, ComparedFile after) =>
        (before, after) is (ComparedReport was, ComparedReport now)
            ? [new(Name + ".html", HtmlReport.Bytes(new RunAnalysis(now.Report), was.Report))]
            : [];
}
