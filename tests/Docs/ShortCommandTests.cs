using System.Diagnostics;
using System.IO.Compression;
using System.Net.NetworkInformation;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.CallerWorker;
using WorkerRpc.RuntimeWorker;

namespace WorkerRpc.Tests.Docs;

/// <summary>
/// Runs the documented commands that take less than a minute, in a copy of the repository. The tests are explicit, so
/// <c>dotnet test</c> skips them and <c>.ci/run</c> runs them in its own step.
/// </summary>
[Collection(Alone.Name)]
public sealed class ShortCommandTests(RepositoryCopy copy) : IClassFixture<RepositoryCopy>
{
    private const int CommandTimeoutMs = 600_000;
    private const string WorkersPage = "docs/workers.md";

    private static readonly TimeSpan s_startLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(200);

    public static async Task<IEnumerable<TheoryDataRow<string, string>>> ShortLinesAsync() =>
        from line in await ShortLines.FindAsync()
        select new TheoryDataRow<string, string>($"{line.Source}:{line.Line.Number}", line.Line.Text);

    [Theory(Explicit = true, Timeout = CommandTimeoutMs)]
    [MemberData(nameof(ShortLinesAsync), DisableDiscoveryEnumeration = true)]
    public async Task Short_command_of_the_documentation_runs(string place, string line)
    {
        (int code, string output) = await copy.RunAsync(line, TestContext.Current.CancellationToken);

        // NotKnown passes, because a machine can be too noisy for a verdict.
        Assert.True((ProgramExitCode)code is ProgramExitCode.Fine or ProgramExitCode.NotKnown, $"{place}: exit code {code}\n{output}");
        Assert.DoesNotContain("Unhandled exception", output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true, Timeout = CommandTimeoutMs)]
    public async Task Workers_page_runs_in_three_terminals()
    {
        Assert.SkipUnless(ArePortsFree(), "The workers' ports are taken.");
        ShellLine[] lines = [.. DocumentedCommands.InPages.Where(line => line.Source == WorkersPage).Select(line => line.Line)];
        ShellLine[] servers = [.. lines.Where(line => line.Text.Contains("--project workers/", StringComparison.Ordinal))];
        var running = new List<Process>();
        try
        {
            foreach (ShellLine server in servers)
            {
                running.Add(await copy.StartAsync(server.Text, TestContext.Current.CancellationToken));
            }

            await ListenAsync(RuntimeApp.DefaultPort);
            await ListenAsync(CallerApp.DefaultPort);
            foreach (ShellLine line in lines.Except(servers))
            {
                (int code, string output) = await copy.RunAsync(line.Text, TestContext.Current.CancellationToken);
                Assert.True(
                    (ProgramExitCode)code is ProgramExitCode.Fine or ProgramExitCode.NotKnown,
                    $"{line.Text}: exit code {code}\n{output}");
            }
        }
        finally
        {
            foreach (Process process in running)
            {
                process.Kill(entireProcessTree: true);
                process.Dispose();
            }
        }
    }

    // The folder is not below the repository's copy: there the program would find the sources.
    [Theory(Explicit = true, Timeout = CommandTimeoutMs)]
    [InlineData("dotnet publish -c Release benchmarks -v q -o '{0}'", "WorkerRpc.Benchmarks")]
    [InlineData(
        "dotnet pack -c Release benchmarks -v q -o '{0}/package' "
            + "&& dotnet tool install --tool-path '{0}' --source '{0}/package' WorkerRpc.Benchmarks",
        "worker-rpc-benchmarks")]
    public async Task Installed_program_measures_from_an_empty_folder(string install, string program)
    {
        using var folder = new TemporaryFolder();
        string empty = Directory.CreateDirectory(folder.File("empty")).FullName;
        string line = install.Replace("{0}", folder.File("installed"), StringComparison.Ordinal);
        (int installed, string log) = await copy.RunAsync(line, TestContext.Current.CancellationToken);
        Assert.True(installed == 0, log);

        (int code, string output) = await copy.RunAsync(
            $"cd '{empty}' && '{folder.File("installed")}/{program}' --launches 1 --iterations 1000 --filter service-binding/echo/1KB",
            TestContext.Current.CancellationToken);

        Assert.True((ProgramExitCode)code is ProgramExitCode.Fine or ProgramExitCode.NotKnown, $"exit code {code}\n{output}");
        RunReport report = RunReportJson.Read(Path.Combine(empty, "artifacts", "results", RunReport.FileName));
        Assert.Equal([(1, 0), (1, 0)], report.Cases.Select(one => (one.Passes.Count, one.Failures.Count)));
        Assert.Null(report.Run.Commit);
        Assert.Contains(ProgramName.OfTool, output, StringComparison.Ordinal);
        foreach (string package in Directory.GetFiles(folder.File("installed"), "*.nupkg", SearchOption.AllDirectories))
        {
            using ZipArchive files = await ZipFile.OpenReadAsync(package, TestContext.Current.CancellationToken);
            Assert.All(["icon.png", "README.md"], name => Assert.NotNull(files.GetEntry(name)));
            ZipArchiveEntry manifest = files.Entries.Single(entry => entry.Name.EndsWith(".nuspec", StringComparison.Ordinal));
            using var reader = new StreamReader(manifest.Open());
            Assert.Contains(
                "<license type=\"expression\">MIT</license>",
                await reader.ReadToEndAsync(TestContext.Current.CancellationToken),
                StringComparison.Ordinal);
        }
    }

    // With an empty cache of packages and no other source, as on a machine that has never seen this repository.
    [Fact(Explicit = true, Timeout = CommandTimeoutMs)]
    public async Task Own_transport_and_function_are_built_from_the_packages_alone_and_measured()
    {
        using var folder = new TemporaryFolder();
        string packages = folder.File("package");
        await RequireAsync($"dotnet pack -c Release workers/Functions -v q -o '{packages}'");
        await RequireAsync($"dotnet pack -c Release workers/Bindings/Contracts -v q -o '{packages}'");
        await WriteAsync("MyTransport.cs", ReaderFiles.CodeOf("docs/own-transport.md"));
        await WriteAsync("WordCount.cs", ReaderFiles.CodeOf("docs/own-function.md"));
        string project = Assert.Single(MarkdownPage.Read("docs/own-transport.md").Blocks, block => block.Info == "xml").Text;
        await WriteAsync(
            "MyTransport.csproj", project.Replace("../WorkerRpc.Benchmarks/artifacts/package", packages, StringComparison.Ordinal));
        await WriteAsync("nuget.config", $"""
            <configuration>
              <packageSources><clear /><add key="here" value="{packages}" /></packageSources>
            </configuration>
            """);
        await RequireAsync($"cd '{folder.Root}' && NUGET_PACKAGES='{folder.File("cache")}' dotnet build -c Release -v q");

        string assembly = folder.File("bin/Release/net10.0/MyTransport.dll");
        (int code, string output) = await copy.RunAsync(
            $"benchmarks/bin/Release/net10.0/WorkerRpc.Benchmarks --bindings '{assembly}' --functions '{assembly}' --launches 1 "
            + $"--iterations 1000 --filter my-transport/echo/1KB my-transport/word-count/1KB --artifacts '{folder.File("artifacts")}'",
            TestContext.Current.CancellationToken);

        Assert.True((ProgramExitCode)code is ProgramExitCode.Fine or ProgramExitCode.NotKnown, $"exit code {code}\n{output}");
        RunReport report = RunReportJson.Read(folder.File("artifacts/results/report.json"));
        Assert.Equal(4, report.Cases.Count);
        Assert.All(report.Cases, one => Assert.Equal((1, 0), (one.Passes.Count, one.Failures.Count)));

        Task WriteAsync(string name, string text) => File.WriteAllTextAsync(folder.File(name), text, TestContext.Current.CancellationToken);

        async Task RequireAsync(string line)
        {
            (int failed, string log) = await copy.RunAsync(line, TestContext.Current.CancellationToken);
            Assert.True(failed == 0, log);
        }
    }

    private static bool ArePortsFree() => !IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners()
        .Any(listener => listener.Port is RuntimeApp.DefaultPort or CallerApp.DefaultPort);

    private static async Task ListenAsync(int port)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await client.GetAsync("/health", TestContext.Current.CancellationToken);
                return;
            }
            catch (HttpRequestException e)
            {
                Assert.True(Stopwatch.GetElapsedTime(began) < s_startLimit, $"Nothing listens on port {port}: {e.Message}");
            }

            await Task.Delay(s_pause, TestContext.Current.CancellationToken);
        }
    }
}
