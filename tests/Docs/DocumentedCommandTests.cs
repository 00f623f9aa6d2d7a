using Microsoft.AspNetCore.Builder;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Docs;

/// <summary>Parses every documented command, up to its plan, without running it.</summary>
[Collection(Alone.Name)]
public sealed class DocumentedCommandTests : IDisposable
{
    private const string CallerAddress = "http://127.0.0.1:8787";

    // Lower bounds: with far fewer lines, the search for commands would be broken.
    private const int MinLinesInPages = 40;
    private const int MinShortLines = 8;

    // The commands have five minutes in .ci/run, and one of them is for building the program.
    private static readonly TimeSpan s_shortLimit = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();
    private readonly string _before = Directory.GetCurrentDirectory();

    public void Dispose()
    {
        Directory.SetCurrentDirectory(_before);
        _folder.Dispose();
    }

    [Fact]
    public async Task Commands_in_code_blocks_can_be_planned()
    {
        DocumentedLine[] lines = [.. DocumentedCommands.InPages];

        Assert.True(lines.Length >= MinLinesInPages, $"{lines.Length} lines");
        await RequirePlansAsync(lines);
    }

    [Fact]
    public async Task Commands_of_workflows_and_ci_can_be_planned() => await RequirePlansAsync([.. DocumentedCommands.InScripts]);

    [Fact]
    public async Task Examples_in_help_can_be_planned()
    {
        var helps = new Dictionary<string, string>(await DocumentedCommands.HelpsAsync())
        {
            ["studies"] = await DocumentedCommands.StudiesHelpAsync(),
        };

        await RequirePlansAsync([.. DocumentedCommands.InHelp(helps)]);
    }

    [Fact]
    public async Task Options_and_commands_in_sentences_exist()
    {
        IReadOnlyDictionary<string, string> helps = await DocumentedCommands.HelpsAsync();
        HashSet<string> options = [.. helps.Values.SelectMany(SpanCheck.OptionsIn)];
        await using WebApplication caller = await StartCallerAsync();
        CommandCheck check = Check(caller);
        var wrong = new List<string>();
        foreach (DocumentedSpan span in DocumentedCommands.InSentences)
        {
            try
            {
                await SpanCheck.RequireUsableAsync(span.Text, helps.Keys, options, check);
            }
            catch (UnusableInputException e)
            {
                wrong.Add($"{span}: {e.Message}");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public void Code_in_sentences_ends_on_its_line() => Assert.Empty(
        from page in MarkdownPage.Documentation
        from line in page.Prose
        where line.Text.Count(c => c == '`') % 2 != 0
        select $"{page}:{line.Number}");

    [Fact]
    public async Task First_command_of_the_readme_measures_the_core_methods_six_times()
    {
        ShellLine first = DocumentedCommands.InPages.First(line => line.Source == "README.md").Line;

        CommandPlan plan = Assert.Single(await new CommandCheck(new Dictionary<string, string>()).PlanAsync(first));

        Assert.Equal((36, 6), (plan.Cases.Count, plan.Launches));
    }

    [Fact]
    public void Ci_runs_the_test_command_of_the_readme()
    {
        string[] tests =
        [
            .. DocumentedCommands.InPages.Where(line => line.Source == "README.md").Select(line => Words(line.Line))
                .Where(words => words.StartsWith("dotnet test", StringComparison.Ordinal)),
        ];

        Assert.Contains(DocumentedCommands.InScripts, line => Words(line.Line).StartsWith(Assert.Single(tests), StringComparison.Ordinal));
    }

    [Fact]
    public void Own_transport_page_compiles() => Assert.True(File.Exists(ReaderFiles.MakeIn(_folder.Root)["MyTransport.dll"]));

    [Fact]
    public void Own_transport_page_shows_the_sample_of_at_most_60_lines()
    {
        string[] sample = File.ReadAllLines(Path.Combine(SourceState.Root, "docs", "own-transport", "MyTransport.cs"));

        Assert.Equal(sample, ReaderFiles.CodeOf("docs/own-transport.md").TrimEnd().Split('\n'));
        Assert.InRange(sample.Length, 1, 60);
    }

    [Fact]
    public async Task Short_commands_take_four_minutes_together()
    {
        IReadOnlyList<DocumentedLine> lines = await ShortLines.FindAsync();

        Assert.InRange(lines.Count, MinShortLines, int.MaxValue);
        var check = new CommandCheck(ReaderFiles.MakeIn(_folder.Root));
        Assert.InRange(await ShortLines.ExpectedLengthAsync(lines, check), TimeSpan.Zero, s_shortLimit);
    }

    [Theory]
    [InlineData("no folder nowhere", "cd nowhere && ls")]
    [InlineData("no project nowhere", "dotnet build -c Release nowhere")]
    [InlineData("no project workers", "dotnet run -c Release --project workers")]
    [InlineData("unknown dotnet shop", "dotnet shop")]
    [InlineData("unknown option --fast of dotnet build", "dotnet build --fast")]
    [InlineData("unknown program rm", "dotnet build | rm -rf /")]
    [InlineData("port 1234", "curl http://127.0.0.1:1234/health")]
    [InlineData("workers/RuntimeWorker takes no arguments", "dotnet run --project workers/RuntimeWorker -- --fast")]
    [InlineData("'--fast'", "dotnet run -c Release --project benchmarks -- --fast")]
    [InlineData("'--fast'", "dotnet run -c Release --project benchmarks -- --resume --fast")]
    [InlineData("study 'fast'", "dotnet run -c Release --project studies -- fast")]
    [InlineData("No case matches 'nothing'", "cd benchmarks && dotnet run -c Release --filter 'direct/*' nothing")]
    [InlineData("quote it: --filter '*'", "dotnet run -c Release --project benchmarks --filter R*")]
    [InlineData("nowhere.json", "dotnet run -c Release --project benchmarks -- report --from nowhere.json")]
    [InlineData("The option --base <REF> is missing.", "DOTNET_X=1 benchmarks/bin/Release/net10.0/WorkerRpc.Benchmarks gate > out 2>&1")]
    public async Task Mistake_in_a_documented_command_is_found(string expected, string line)
    {
        var check = new CommandCheck(new Dictionary<string, string>());

        ShellLine parsed = Assert.Single(ShellLine.Parse([line], 1));
        UnusableInputException e = await Assert.ThrowsAsync<UnusableInputException>(() => check.PlanAsync(parsed));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    private static string Words(ShellLine line) => string.Join(' ', line.Commands[0].Words.Select(word => word.Text));

    private static async Task<WebApplication> StartCallerAsync()
    {
        // The checks only ask the caller worker for its methods, so no runtime worker has to run.
        WebApplication caller = CallerApp.Build(["--urls=http://127.0.0.1:0"]);
        await caller.StartAsync(TestContext.Current.CancellationToken);
        return caller;
    }

    private async Task RequirePlansAsync(IReadOnlyList<DocumentedLine> lines)
    {
        await using WebApplication caller = await StartCallerAsync();
        CommandCheck check = Check(caller);
        var wrong = new List<string>();
        foreach (DocumentedLine line in lines)
        {
            try
            {
                await check.PlanAsync(line.Line);
            }
            catch (UnusableInputException e)
            {
                wrong.Add($"{line}: {e.Message}");
            }
        }

        Assert.NotEmpty(lines);
        Assert.Empty(wrong);
    }

    private CommandCheck Check(WebApplication caller)
    {
        // Stands in for the report of an earlier run.
        string results = _folder.File("results");
        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), results);
        return new CommandCheck(new Dictionary<string, string>(ReaderFiles.MakeIn(_folder.Root))
        {
            [CallerAddress] = Assert.Single(caller.Urls),
            ["artifacts/results"] = results,
            ["report.json"] = Path.Combine(results, "report.json"),
            ["before.csv"] = Path.Combine(results, "percentiles.csv"),
            ["after.md"] = Path.Combine(results, "percentiles.md"),
        });
    }
}
