using System.Diagnostics;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Serving;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.Presenting.Serving;

public sealed class ReportViewTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _opened = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Open_shows_the_page_of_the_last_run()
    {
        string page = _folder.File("results/report.html");
        Directory.CreateDirectory(_folder.File("results"));
        await File.WriteAllTextAsync(page, "<!doctype html>", TestContext.Current.CancellationToken);

        (ProgramExitCode code, string output) = await RunAsync(opens: true, "--open", "--artifacts", _folder.Root);

        Assert.Equal((ProgramExitCode.Fine, $"Opened: {page}\n"), (code, output));
        Assert.Equal([page], _opened);
    }

    [Fact]
    public async Task Path_is_printed_where_no_browser_opens()
    {
        ReportFiles.Write(new RunAnalysis(MadeUp.Lines), _folder.Root);

        (ProgramExitCode _, string output) = await RunAsync(opens: false, "--from", _folder.File(RunReport.FileName), "--open");

        // The verdict is the last line, so that it follows what the command says about its files.
        Assert.Equal($"No browser could be opened here. To look at: {_folder.File(HtmlReport.File)}", output.Split('\n')[^3]);
    }

    [Theory]
    [InlineData("There is no page of a run in ", "--open", "--artifacts", "/nowhere")]
    [InlineData("report: the option --from <FILE> is missing. Or: --open for the last run, --serve for a list of all reports.")]
    [InlineData("--from takes no part in --serve", "--serve", "--from", "report.json")]
    [InlineData("--budget-ms takes no part in --serve", "--serve", "--budget-ms", "2")]
    [InlineData("--port takes no part in a report without --serve", "--open", "--port", "8080")]
    [InlineData("--artifacts takes no part in --from", "--from", "report.json", "--artifacts", "elsewhere")]
    [InlineData("--threshold takes no part in --open without --from", "--open", "--threshold", "p50=1ms")]
    [InlineData("--port 0: expected 1 to 65535 a port of this machine", "--serve", "--port", "0")]
    [InlineData("--port 'http': expected 1 to 65535", "--serve", "--port", "http")]
    public async Task Contradictory_options_are_refused(string message, params string[] arguments)
    {
        Outcome outcome = await Outcome.OfAsync(["report", .. arguments]);

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_opens_the_address_and_ends_when_cancelled()
    {
        using var interrupted = new CancellationTokenSource();
        var opened = new TaskCompletionSource<string>();
        Task<(ProgramExitCode Code, string Output)> served = RunAsync(
            target =>
            {
                opened.SetResult(target);
                return Task.FromResult(true);
            },
            interrupted.Token,
            "--serve", "--open", "--artifacts", _folder.Root);

        var address = new Uri(await opened.Task.WaitAsync(TestContext.Current.CancellationToken));
        Assert.Equal(200, (await RawRequest.GetAsync(address, address.AbsolutePath)).Status);
        await interrupted.CancelAsync();

        (ProgramExitCode code, string output) = await served;
        Assert.Equal((ProgramExitCode.Fine, $"Reports in {_folder.Root}: {address}\nOpened: {address}\nCtrl+C ends it.\n"), (code, output));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    [InlineData("/no/such/opener", false)]
    public async Task Open_returns_whether_the_opener_succeeded(string program, bool opened) =>
        Assert.Equal(opened, await Browser.OpenAsync(() => Process.Start(program)));

    [Theory]
    [InlineData(null, false)]
    [InlineData("DISPLAY", true)]
    [InlineData("WAYLAND_DISPLAY", true)]
    [InlineData("BROWSER", true)]
    public void HasScreen_reads_environment_variables(string? set, bool has) =>
        Assert.Equal(has, Browser.HasScreen(name => name == set ? "x" : null));

    private Task<(ProgramExitCode Code, string Output)> RunAsync(bool opens, params string[] arguments) => RunAsync(
        target =>
        {
            _opened.Add(target);
            return Task.FromResult(opens);
        },
        TestContext.Current.CancellationToken,
        arguments);

    private static async Task<(ProgramExitCode Code, string Output)> RunAsync(
        Func<string, Task<bool>> browse, CancellationToken interrupted, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var command = new ReportCommand(browse);
        CommandPlan plan = await command.PlanAsync(command.Syntax.Parse(arguments), interrupted);
        ProgramExitCode code = await plan.RunAsync(output, TextWriter.Null, interrupted);
        return (code, output.ToString());
    }
}
