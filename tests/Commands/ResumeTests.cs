using System.Globalization;
using WorkerRpc.Benchmarks.Adapter;
using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Injected;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

/// <summary>Kills or interrupts runs, then resumes them.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int Launches = 2;
    // A pass takes tens of ms. With 1 ms, a delay in the parent could make its time for the pass shorter than the longest call.
    private const string Options = "--launches 2 --iterations 300000 --filter direct/echo/100B";

    // KILL_ROUNDS=50 runs more rounds.
    private static readonly int s_rounds = int.Parse(
        Environment.GetEnvironmentVariable("KILL_ROUNDS") ?? "2", CultureInfo.InvariantCulture);

    private readonly TemporaryFolder _artifacts = new();

    public void Dispose() => _artifacts.Dispose();

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Killed_run_keeps_finished_launches_and_counts_each_once()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        int killsLaunchFrom = random.Next(2);
        for (int round = 0; round < s_rounds; round++)
        {
            Dictionary<string, byte[]> before = Finished().ToDictionary(path => path, File.ReadAllBytes);
            if (before.Count == Launches)
            {
                Directory.Delete(Assert.Single(Runs).Path, recursive: true);
                before.Clear();
            }

            await RunAndKillAsync(random, killsLaunch: round % 2 == killsLaunchFrom);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"seed {seed}, round {round}: {before.Count} launches before, {Finished().Length} after");

            Assert.All(before, kept => Assert.Equal(kept.Value, File.ReadAllBytes(kept.Key)));
            Assert.All(
                Finished(),
                path => Assert.Equal(LaunchOutcome.Finished, Assert.Single(RunReportJson.Read(path).Launches).Outcome));
        }

        using var last = new ProgramRun(StartOptions(), _artifacts);
        Assert.Equal(0, await last.EndAsync());
        RunReport whole = RunReportJson.Read(_artifacts.File("results/report.json"));
        Assert.Equal(Enumerable.Range(1, Launches), whole.Launches.Select(launch => launch.Number));
        Assert.All(whole.Launches, launch => Assert.Equal(LaunchOutcome.Finished, launch.Outcome));
        Assert.Equal(Enumerable.Range(1, Launches), Assert.Single(whole.Cases).Passes.Select(pass => pass.Launch));
        Assert.All(whole.Cases[0].Passes, pass => Assert.True(pass.ParentNs >= pass.MaxNs));
        Assert.Empty(Directory.GetFiles(_artifacts.Root, "*.tmp", SearchOption.AllDirectories));

        using var complete = new ProgramRun("--resume", _artifacts);
        Assert.Equal(2, await complete.EndAsync());
        Assert.Contains("no run is unfinished or lacks a launch", complete.Error, StringComparison.Ordinal);

        File.Delete(Finished()[0]);
        using var other = new ProgramRun("--resume --iterations 2000 --seed 1 --filter direct/echo/1KB", _artifacts);
        Assert.Equal(2, await other.EndAsync());
        Assert.Contains("--iterations was 300000, is 2000", other.Error, StringComparison.Ordinal);
        Assert.Contains("--seed was ", other.Error, StringComparison.Ordinal);
        Assert.Contains("cases was [", other.Error, StringComparison.Ordinal);
    }

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Resumed_run_measures_a_failed_launch_again()
    {
        string marker = _artifacts.File("marker");
        using var first = new ProgramRun(
            "--launches 2 --iterations 1000 --filter exits-once/echo/100B", _artifacts, (ExitingBinding.MarkerVariable, marker));
        Assert.Equal(3, await first.EndAsync());
        Assert.Contains(
            $"launch 1 failed: ended with exit code {ExitingBinding.ExitCode} while warming up exits-once",
            first.Output,
            StringComparison.Ordinal);
        Assert.Contains("exits-once,echo,100B,100,1,1000,", first.Report("percentiles.csv"), StringComparison.Ordinal);

        using var second = new ProgramRun("--resume", _artifacts, (ExitingBinding.MarkerVariable, marker));
        // With the tests' short warm-up the verdict may be not known.
        Assert.Contains(await second.EndAsync(), new[] { 0, 4 });
        string percentiles = await File.ReadAllTextAsync(
            _artifacts.File("results/percentiles.md"), TestContext.Current.CancellationToken);
        Assert.Contains("launches by run: 1 of the resumption at ", percentiles, StringComparison.Ordinal);
        Assert.Contains("; 2 of the first run at ", percentiles, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_is_resumed_only_with_the_same_callers_and_payload_kind()
    {
        (string? commit, bool? dirty) = await SourceState.ReadAsync(TestContext.Current.CancellationToken);
        var plan = new RunPlan
        {
            Run = MadeUp.Settings with
            {
                Launches = 1,
                Callers = [1, 8],
                PayloadKind = PayloadKind.Letters,
                BenchmarkDotNetArguments = [],
                Commit = commit,
                Dirty = dirty,
            },
            Cases = ["direct/echo/1KB"],
            BindingsAssembly = null,
            PayloadPath = null,
            Environment = HostEnvironment.OfLaunches(),
            Build = RunPlan.BuildOf(),
        };
        using (RunFolder folder = Begin(plan))
        {
            RunReport launch = MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000)).WithCallers(
                (_, _) => [MadeUp.Callers(1, 10_000, (1_000, 1_000)), MadeUp.Callers(8, 30_000, (1_000, 1_000))]);
            folder.Keep(launch with { Run = plan.Run });
        }

        Outcome other = await Outcome.OfAsync("--resume", "--callers", "1,4", "--artifacts", _artifacts.Root);
        Assert.Equal((2, ""), (other.Code, other.Output));
        Assert.Contains(" cannot be resumed: --callers was [1,8], is [1,4]. Without", other.Error, StringComparison.Ordinal);
        Outcome text = await Outcome.OfAsync("--resume", "--payload-kind", "text", "--artifacts", _artifacts.Root);
        Assert.Equal((2, ""), (text.Code, text.Output));
        Assert.Contains(
            " cannot be resumed: --payload-kind was \"letters\", is \"text\". Without", text.Error, StringComparison.Ordinal);

        Outcome same = await Outcome.OfAsync("--resume", "--callers", "8,1", "--artifacts", _artifacts.Root);
        Unfinish();
        Outcome silent = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Assert.Equal((0, 0), (same.Code, silent.Code));
        Assert.Equal([1, 8], RunReportJson.Read(_artifacts.File("results/report.json")).Run.Callers);
        Assert.True(File.Exists(_artifacts.File("results/callers.md")));
    }

    [Fact]
    public async Task Resumption_refuses_a_changed_payload_file()
    {
        string path = _artifacts.File("orders.json");
        await File.WriteAllTextAsync(path, """{"orders": [1, 2]}""", TestContext.Current.CancellationToken);
        LoadedPayloadFile payload = LoadedPayloadFile.Read(path);
        (string? commit, bool? dirty) = await SourceState.ReadAsync(TestContext.Current.CancellationToken);
        var plan = new RunPlan
        {
            Run = MadeUp.Settings with
            {
                Launches = 1,
                BenchmarkDotNetArguments = [],
                PayloadFile = payload.Report,
                Commit = commit,
                Dirty = dirty,
            },
            Cases = ["direct/echo/file"],
            BindingsAssembly = null,
            PayloadPath = payload.Path,
            Environment = HostEnvironment.OfLaunches(),
            Build = RunPlan.BuildOf(),
        };
        using (RunFolder folder = Begin(plan))
        {
            CaseReport one = MadeUp.Case("direct/echo/file", 1_000) with { PayloadBytes = payload.Report.PayloadBytes };
            folder.Keep(MadeUp.Report(1, one) with { Run = plan.Run });
        }

        Outcome silent = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Assert.True(silent.Code == 0, silent.Error);
        Assert.Contains(
            $"payload file: {payload.Report}; as a payload's data {payload.Report.PayloadBytes} bytes of JSON",
            silent.Output,
            StringComparison.Ordinal);
        Assert.Equal(payload.Report, RunReportJson.Read(_artifacts.File("results/report.json")).Run.PayloadFile);

        Unfinish();
        Directory.CreateDirectory(_artifacts.File("moved"));
        File.Copy(path, _artifacts.File("moved/orders.json"));
        await File.WriteAllTextAsync(path, """{"orders": [1, 3]}""", TestContext.Current.CancellationToken);
        Outcome changed = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Assert.Equal((2, ""), (changed.Code, changed.Output));
        Assert.Contains(
            $" cannot be resumed: --payload-file was {payload.Report}, is {LoadedPayloadFile.Read(path).Report}. Without",
            changed.Error,
            StringComparison.Ordinal);

        Outcome moved = await Outcome.OfAsync(
            "--resume", "--payload-file", _artifacts.File("moved/orders.json"), "--artifacts", _artifacts.Root);
        Assert.True(moved.Code == 0, moved.Error);

        Unfinish();
        File.Delete(path);
        Outcome gone = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Assert.Equal((2, ""), (gone.Code, gone.Output));
        Assert.Contains($"--payload-file '{path}' cannot be read: ", gone.Error, StringComparison.Ordinal);

        string run = Assert.Single(Runs).Plan;
        string plain = await File.ReadAllTextAsync(run, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            run, plain.Replace(payload.Report.Sha256, "abc", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        Outcome damaged = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Assert.Equal((2, ""), (damaged.Code, damaged.Output));
        Assert.Contains("run.json is damaged: its payload file cannot be.", damaged.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_of_a_caller_worker_cannot_be_resumed()
    {
        Begin(new RunPlan
        {
            Run = MadeUp.Settings with { CallerUrl = "http://127.0.0.1:8787/" },
            Cases = ["direct/echo/100B"],
            BindingsAssembly = null,
            PayloadPath = null,
            Environment = MadeUp.Environment,
            Build = "",
        }).Dispose();

        Outcome outcome = await Outcome.OfAsync("--resume", "--artifacts", _artifacts.Root);
        Outcome other = await Outcome.OfAsync("--resume", "--caller-url", "http://127.0.0.1:8787", "--artifacts", _artifacts.Root);

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains("There is no run to resume in ", outcome.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (other.Code, other.Output));
        Assert.Contains("--resume with the caller worker at http://127.0.0.1:8787/", other.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Option_keep_deletes_the_oldest_run_without_a_name()
    {
        string artifacts = _artifacts.File("my artifacts");
        (string? commit, bool? dirty) = await SourceState.ReadAsync(TestContext.Current.CancellationToken);
        var outputs = new List<string>();
        for (int day = 1; day <= 4; day++)
        {
            var plan = new RunPlan
            {
                Run = MadeUp.Settings with
                {
                    Launches = 1,
                    BenchmarkDotNetArguments = [],
                    Commit = commit,
                    Dirty = dirty,
                    StartedAt = new DateTimeOffset(2026, 1, day, 0, 0, 0, TimeSpan.Zero),
                },
                Cases = ["direct/echo/1KB"],
                BindingsAssembly = null,
                PayloadPath = null,
                Environment = HostEnvironment.OfLaunches(),
                Build = RunPlan.BuildOf(),
            };
            using (var results = ResultsFolder.Open(artifacts, RunKind.Run))
            using (RunFolder folder = results.Begin(plan, name: day == 1 ? "before" : null))
            {
                folder.Keep(MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000 * day)) with { Run = plan.Run });
            }

            Outcome ended = await Outcome.OfAsync("--resume", "--keep", "2", "--artifacts", artifacts);
            Assert.True(ended.Code == 0, ended.Error);
            outputs.Add(ended.Output);
        }

        IReadOnlyList<KeptRun> runs = ResultsFolder.Runs(artifacts);
        Assert.Equal([4, 3, 1], runs.Select(run => run.FolderName.StartedAt.Day));
        Assert.All(outputs[..3], output => Assert.DoesNotContain("Deleted", output, StringComparison.Ordinal));
        Assert.Contains(
            $"\nDeleted, because --keep is 2: {Path.Combine(artifacts, "results", "runs", "20260102T000000Z-")}",
            outputs[3],
            StringComparison.Ordinal);
        Assert.Contains($"\nReports: {runs[0].Path}\nCopies: {Path.Combine(artifacts, "results")}\n", outputs[3], StringComparison.Ordinal);
        Assert.Equal(4, RunReportJson.Read(Path.Combine(artifacts, "results", "report.json")).Run.StartedAt.Day);
        Assert.All(runs, run => Assert.Equal(run.FolderName.StartedAt, RunReportJson.Read(run.Report!).Run.StartedAt));
    }

    [Fact]
    public async Task Second_run_in_the_same_folder_is_refused()
    {
        using var first = new ProgramRun(Options, _artifacts);
        await first.UntilAsync("warming up direct");

        using var second = new ProgramRun(Options, _artifacts);
        Assert.Equal(2, await second.EndAsync());
        Assert.Contains($"Another run, process {first.Id}, reports to ", second.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_ends_when_a_launch_cannot_be_kept()
    {
        // A folder has the path of the launch's file, so the file cannot be written.
        using var run = new ProgramRun(Options, _artifacts);
        await run.UntilAsync("warming up direct");
        Directory.CreateDirectory(Assert.Single(Runs).LaunchReport(1));

        Assert.Equal(2, await run.EndAsync());
        Assert.Contains("launch 1 cannot be kept, and none is started after it: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("1 of 2 launches", run.Output, StringComparison.Ordinal);
    }

    private IReadOnlyList<KeptRun> Runs => ResultsFolder.Runs(_artifacts.Root);

    private string StartOptions() => Runs.Any(run => run.IsResumable) ? "--resume" : Options;

    private string[] Finished() => Directory.Exists(_artifacts.File("results/runs"))
        ? Directory.GetFiles(_artifacts.File("results/runs"), "launch.json", SearchOption.AllDirectories)
        : [];

    // As if the run was killed just before its end.
    private void Unfinish() => File.Delete(Path.Combine(Assert.Single(Runs).Path, KeptRun.FinishedFile));

    private RunFolder Begin(RunPlan plan)
    {
        using var results = ResultsFolder.Open(_artifacts.Root, RunKind.Run);
        return results.Begin(plan, name: null);
    }

    private async Task RunAndKillAsync(Random random, bool killsLaunch)
    {
        using var run = new ProgramRun(StartOptions(), _artifacts);
        if (await run.EndWithinAsync(TimeSpan.FromMilliseconds(random.Next(6_000))))
        {
            return;
        }

        int? launch = run.Launch?.Id;
        if (killsLaunch && launch is { } child)
        {
            await ProgramRun.SignalAsync("KILL", child);
            // The run continues with the other launch.
            Assert.Equal(3, await run.EndAsync());
        }
        else
        {
            await ProgramRun.SignalAsync("KILL", run.Id);
            await run.EndAsync();
            await UntilGoneAsync(launch);
        }
    }

    private static async Task UntilGoneAsync(int? process)
    {
        while (process is { } orphan && Directory.Exists($"/proc/{orphan}"))
        {
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
