using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class ReportCommandTests : IDisposable
{
    private static readonly CaseReport s_direct = MadeUp.Case("direct/echo/1KB", [.. Enumerable.Repeat(1_000L, 6)]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Report_writes_all_tables_again_from_the_json()
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(16_000));
        ReportFiles.WriteWithPage(new RunAnalysis(report), _folder.Root);
        string[] paths = Directory.GetFiles(_folder.Root);
        var before = paths.ToDictionary(path => path, File.ReadAllBytes);
        Assert.Equal(6, paths.Length);
        foreach (string path in paths.Where(path => Path.GetFileName(path) != RunReport.FileName))
        {
            File.Delete(path);
        }

        Outcome outcome = await ReportAsync();

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.All(paths, path => Assert.Equal(before[path], File.ReadAllBytes(path)));
        Assert.Contains(VerdictSentence.Of(new RunAnalysis(report).Verdict), outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            $"Reports: {_folder.Root}\n{VerdictSentence.Of(new RunAnalysis(report).Verdict)}\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folder_with_a_report_is_read_like_its_file()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);
        Directory.CreateDirectory(_folder.File("empty"));

        Assert.Equal(0, (await Outcome.OfAsync("report", "--from", _folder.Root)).Code);
        Outcome none = await Outcome.OfAsync("report", "--from", _folder.File("empty"));
        Assert.Equal((2, ""), (none.Code, none.Output));
        Assert.Contains($"The folder {_folder.File("empty")} has no report.json.", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("report.json")]
    [InlineData("below/report.json")]
    public async Task Folder_that_git_tracks_is_never_written(string tracked)
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(2_000_000));
        Directory.CreateDirectory(_folder.File("below"));
        File.WriteAllText(_folder.File("below/report.json"), "");
        File.WriteAllBytes(_folder.File("report.json"), RunReportJson.Write(report));
        var git = new Git(_folder.Root, TestContext.Current.CancellationToken);
        Assert.True((await git.RunAsync("init")).Succeeded);
        // An untracked report does not stop the command.
        Assert.False(await SourceState.IsTrackedAsync(_folder.Root, TestContext.Current.CancellationToken));
        Assert.True((await git.RunAsync("add", tracked)).Succeeded);

        Outcome outcome = await ReportAsync();

        Assert.Equal((1, ""), (outcome.Code, outcome.Error));
        Assert.Contains(
            $"No file is written, because git tracks {_folder.Root}. To write them elsewhere: --to DIR.",
            outcome.Output,
            StringComparison.Ordinal);
        Assert.Equal([_folder.File("report.json")], Directory.GetFiles(_folder.Root));
        Assert.Equal(1, (await ReportAsync("--to", _folder.File("to"))).Code);
        Assert.True(File.Exists(_folder.File("to/overhead.md")));
    }

    [Fact]
    public async Task Page_of_a_tracked_report_opens_from_a_temporary_folder()
    {
        File.WriteAllBytes(_folder.File("report.json"), RunReportJson.Write(MadeUp.Report(6, s_direct, Delegated(16_000))));
        var git = new Git(_folder.Root, TestContext.Current.CancellationToken);
        Assert.True((await git.RunAsync("init")).Succeeded && (await git.RunAsync("add", ".")).Succeeded);
        string? opened = null;
        var command = new ReportCommand(page =>
        {
            opened = page;
            return Task.FromResult(true);
        });
        using var output = new StringWriter();

        ProgramExitCode code = await new CommandRunner("", "report --help", "").RunAsync(
            command, ["--from", _folder.Root, "--open"], output, output, TestContext.Current.CancellationToken);

        Assert.Equal(ProgramExitCode.Fine, code);
        string page = await File.ReadAllTextAsync(opened!, TestContext.Current.CancellationToken);
        Assert.Contains("service-binding/echo/1KB", page, StringComparison.Ordinal);
        Assert.Equal([_folder.File("report.json")], Directory.GetFiles(_folder.Root));
        Directory.Delete(Path.GetDirectoryName(opened)!, recursive: true);
    }

    [Fact]
    public async Task Quiet_prints_the_verdict_and_the_path_alone()
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(16_000));
        ReportFiles.Write(new RunAnalysis(report), _folder.Root);

        Outcome outcome = await ReportAsync("--quiet");

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Equal($"{VerdictSentence.Of(new RunAnalysis(report).Verdict)}\nReports: {_folder.Root}\n", outcome.Output);
    }

    [Theory]
    [InlineData(16_000, "viable", 0)]
    [InlineData(2_000_000, "not viable", 1)]
    public async Task Json_prints_the_verdict_as_one_object(long ns, string verdict, int code)
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(ns));
        ReportFiles.Write(new RunAnalysis(report), _folder.Root);

        Outcome outcome = await ReportAsync("--json");

        Assert.Equal((code, ""), (outcome.Code, outcome.Error));
        JsonNode json = JsonNode.Parse(outcome.Output)!;
        Assert.Equal((verdict, code), ((string)json["verdict"]!, (int)json["exitCode"]!));
        Assert.Equal(VerdictSentence.Of(new RunAnalysis(report).Verdict), (string)json["sentence"]!);
        Assert.Equal(_folder.Root, (string)json["folder"]!);
        JsonNode one = Assert.Single(json["cases"]!.AsArray())!;
        Assert.Equal(("service-binding/echo/1KB", verdict), ((string)one["case"]!, (string)one["verdict"]!));
        Assert.True(File.Exists(_folder.File("report.html")));
    }

    [Fact]
    public async Task Committed_baseline_gives_its_own_tables()
    {
        string baseline = Path.Combine(SourceState.Root, "artifacts", "baseline");

        Outcome outcome = await Outcome.OfAsync("report", "--from", Path.Combine(baseline, "report.json"), "--to", _folder.Root);

        // The committed run's verdict is "not known".
        Assert.Equal((4, ""), (outcome.Code, outcome.Error));
        Assert.All(
            // The page is not committed, because it contains the code of a library.
            Directory.GetFiles(_folder.Root).Where(path => Path.GetFileName(path) != HtmlReport.File && !IsPicture(path)),
            path => Golden.RequireSame("../artifacts/baseline/" + Path.GetFileName(path), File.ReadAllBytes(path)));
    }

    [Fact]
    public async Task Option_to_writes_all_files_to_another_folder()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.File("from"));

        Outcome outcome = await Outcome.OfAsync("report", "--from", _folder.File("from/report.json"), "--to", _folder.File("to/new"));

        Assert.Equal(0, outcome.Code);
        Assert.Equal(6, Directory.GetFiles(_folder.File("to/new")).Count(path => !IsPicture(path)));
    }

    [Fact]
    public async Task Report_that_ended_early_says_how_to_complete_it()
    {
        RunReport report = MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 16_000));
        report = report with { Run = report.Run with { Launches = 6 }, EndedEarly = true };
        string results = _folder.File("results");
        ReportFiles.Write(new RunAnalysis(report), results);

        Outcome outcome = await Outcome.OfAsync("report", "--from", Path.Combine(results, "report.json"));

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("profile standard: launches 1 of 6, ended early; at most 10000 calls", outcome.Output, StringComparison.Ordinal);
        Assert.EndsWith(
            "Ended early, after 1 of 6 launches. For the narrow intervals of all launches: "
            + $"dotnet run -c Release --project benchmarks -- --resume --artifacts {_folder.Root}\n"
            + VerdictSentence.Of(new RunAnalysis(report).Verdict) + "\n",
            outcome.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_says_which_cases_have_fewer_launches()
    {
        ReportFiles.Write(
            new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000), MadeUp.Case("raw-fetch/echo/1KB", 30_000, 31_000, 32_000))),
            _folder.Root);

        Outcome outcome = await ReportAsync();

        Assert.Contains(
            "1 of 3 cases have only 3 launches: verdicts move the ends of their ranges by × 1.11 (p50), × 1.14 (p95), × 1.17 (p99)",
            outcome.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_says_how_many_passes_ended_early()
    {
        CaseReport fetch = MadeUp.Case("raw-fetch/echo/1KB", [.. Enumerable.Repeat(MadeUp.Pass((30_000, 1_000)), 6)]);
        fetch = fetch with { Passes = [fetch.Passes[0] with { EndedEarly = true }, .. fetch.Passes.Skip(1)] };
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000), fetch)), _folder.Root);

        Outcome outcome = await ReportAsync();

        Assert.Contains(
            "1 of 18 passes ended with fewer calls, because their p50, p95 and p99 had narrow sampling intervals",
            outcome.Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_that_ended_early_with_all_launches_is_refused()
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(16_000)) with { EndedEarly = true };
        ReportFiles.Write(new RunAnalysis(report), _folder.Root);

        Outcome outcome = await ReportAsync();

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains("says that the run ended early, with 6 of 6 launches.", outcome.Error, StringComparison.Ordinal);
    }

    public static TheoryData<string, int> EveryOutcome => new()
    {
        { "viable", 0 }, { "not viable", 1 }, { "a failed case", 3 }, { "a failed launch", 3 }, { "not known", 4 },
        { "no deciding case", 0 }, { "interrupted", 130 }, { "failed and not viable", 3 }, { "not viable and not known", 1 },
    };

    [Theory]
    [MemberData(nameof(EveryOutcome))]
    public async Task Exit_code_follows_from_the_verdict(string outcome, int code)
    {
        CaseReport unknown = MadeUp.Case("service-binding/compute/1KB", [.. Enumerable.Repeat(16_000L, 6)]);
        RunReport viable = MadeUp.Report(6, s_direct, Delegated(16_000));
        RunReport slow = MadeUp.Report(6, s_direct, Delegated(2_000_000));
        ReportFiles.Write(new RunAnalysis(outcome switch
        {
            "viable" => viable,
            "not viable" => slow,
            "a failed case" => viable with { Cases = [Failed(s_direct), viable.Cases[1]] },
            "a failed launch" => viable with
            {
                Launches = [.. viable.Launches, MadeUp.Launch(7, []) with { Outcome = LaunchOutcome.Failed, Error = "died" }],
            },
            // The overhead is unknown, because direct was not measured with compute.
            "not known" => MadeUp.Report(6, s_direct, unknown),
            "no deciding case" => MadeUp.Report(6, s_direct),
            "interrupted" => slow with { Interrupted = true },
            "failed and not viable" => slow with { Cases = [Failed(s_direct), slow.Cases[1]] },
            _ => MadeUp.Report(6, s_direct, Delegated(2_000_000), unknown),
        }), _folder.Root);

        Assert.Equal(code, (await ReportAsync()).Code);
    }

    [Fact]
    public async Task Given_thresholds_replace_those_of_the_report()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);

        Assert.Equal(1, (await ReportAsync("--threshold", "p50=10us")).Code);
        // The report keeps the given thresholds until others replace them.
        Assert.Equal(1, (await ReportAsync()).Code);
        Assert.Equal(0, (await ReportAsync("--threshold", "p50=20us")).Code);
    }

    [Fact]
    public async Task Budget_changes_the_recommendation_but_not_verdict_or_report()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);
        byte[] before = await File.ReadAllBytesAsync(_folder.File("report.json"), TestContext.Current.CancellationToken);

        Outcome outcome = await ReportAsync("--budget-ms", "0.01", "--payload", "1KB");

        const string Recommended =
            "Recommendation for a p99 of the whole call under 10.0 µs with a payload of 1KB: no method is known to fit.";
        Assert.Equal(0, outcome.Code);
        Assert.Contains($"\n{Recommended}\n", outcome.Output, StringComparison.Ordinal);
        string overhead = await File.ReadAllTextAsync(_folder.File("overhead.md"), TestContext.Current.CancellationToken);
        Assert.Contains(Recommended, overhead, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File("report.json"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("'0': expected milliseconds above 0", "--budget-ms", "0")]
    [InlineData("'-1': expected milliseconds above 0", "--budget-ms", "-1")]
    [InlineData("'NaN': expected milliseconds above 0", "--budget-ms", "NaN")]
    [InlineData("'5ms': expected milliseconds above 0", "--budget-ms", "5ms")]
    [InlineData("'1,5': expected milliseconds above 0", "--budget-ms", "1,5")]
    [InlineData("'2KB': no case of the report that delegates has it. Accepted: 1KB.", "--payload", "2KB")]
    [InlineData("'100KB': no case of the report that delegates has it. Accepted: 1KB.", "--budget-ms", "1", "--payload", "100KB")]
    public async Task Wrong_budget_or_payload_is_refused_and_no_file_changes(string error, params string[] arguments)
    {
        RunReport report = MadeUp.Report(6, s_direct, MadeUp.Case("direct/echo/100KB", 1_000), Delegated(16_000));
        ReportFiles.Write(new RunAnalysis(report), _folder.Root);
        File.Delete(_folder.File("overhead.md"));

        Outcome outcome = await ReportAsync(arguments);

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains($"{arguments[^2]} {error}", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("overhead.md")));
    }

    [Theory]
    [InlineData("--threshold", "nonsense")]
    [InlineData("--threshold", "grpc/*:p50=1ms")]
    [InlineData("--threshold", "direct/*:p50=1ms")]
    public async Task Wrong_threshold_is_refused_and_no_file_changes(params string[] arguments)
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);
        byte[] before = await File.ReadAllBytesAsync(_folder.File("report.json"), TestContext.Current.CancellationToken);

        Outcome outcome = await ReportAsync(arguments);

        Assert.Equal(2, outcome.Code);
        Assert.Contains(arguments[^1], outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.File("report.json"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Unwritable_folder_is_refused_after_the_verdict_is_shown()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);

        // The path of the folder is the path of a file.
        Outcome outcome = await ReportAsync("--to", _folder.File("report.json"));

        Assert.Equal(2, outcome.Code);
        Assert.Contains("Verdict: viable.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains($"cannot be written to {_folder.File("report.json")}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Option_hgrm_writes_percentile_distributions_to_its_folder()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);

        Outcome outcome = await ReportAsync("--hgrm", _folder.File("new/hgrm"));

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.EndsWith(
            $"Reports: {_folder.Root}\nPercentile distributions: {_folder.File("new/hgrm")}\n"
            + VerdictSentence.Of(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))).Verdict) + "\n",
            outcome.Output,
            StringComparison.Ordinal);
        Assert.Equal(
            ["direct_echo_1KB.hgrm", "service-binding_echo_1KB.hgrm"],
            Directory.GetFiles(_folder.File("new/hgrm")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Unwritable_hgrm_folder_is_refused_after_the_verdict_is_shown()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Report(6, s_direct, Delegated(16_000))), _folder.Root);

        Outcome outcome = await ReportAsync("--hgrm", _folder.File("report.json"));

        Assert.Equal(2, outcome.Code);
        Assert.Contains("Verdict: viable.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(
            $"Percentile distributions cannot be written to {_folder.File("report.json")}", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Distributions_of_different_clocks_are_refused_and_no_file_changes()
    {
        RunReport report = MadeUp.Report(6, s_direct, Delegated(16_000));
        LaunchReport coarse = report.Launches[5] with { Clock = report.Launches[5].Clock! with { Frequency = 10_000_000 } };
        ReportFiles.Write(new RunAnalysis(report with { Launches = [.. report.Launches.Take(5), coarse] }), _folder.Root);
        File.Delete(_folder.File("overhead.md"));

        Outcome outcome = await ReportAsync("--hgrm", _folder.File("hgrm"));

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains("clocks tick 1000000000 and 10000000 times a second", outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("overhead.md")));
        Assert.False(Directory.Exists(_folder.File("hgrm")));
    }

    // Pictures depend on the fonts of the machine.
    private static bool IsPicture(string path) =>
        Path.GetExtension(path) is ".svg" or ".png" || Path.GetFileName(path) == PictureFiles.Page;

    private static CaseReport Delegated(long ns) => MadeUp.Case("service-binding/echo/1KB", [.. Enumerable.Repeat(ns, 6)]);

    private static CaseReport Failed(CaseReport one) => one with { Failures = [new CaseFailure(1, "went away")] };

    private Task<Outcome> ReportAsync(params string[] arguments) =>
        Outcome.OfAsync(["report", "--from", _folder.File("report.json"), .. arguments]);
}
