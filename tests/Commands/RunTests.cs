using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Injected;

namespace WorkerRpc.Tests.Commands;

/// <summary>Whole runs in their own process. Some launches fail, hang or are killed.</summary>
public class RunTests
{
    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Missed_threshold_is_not_viable_and_exits_with_1()
    {
        using var run = new ProgramRun(
            "--profile quick --iterations 1000 --filter slow/echo/1KB --threshold slow/*:p50=1ms",
            (InjectedWarmUpAttribute.WholeVariable, "1"));

        Assert.Equal(1, await run.EndAsync());
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.StartsWith("Verdict: not viable. slow/echo/1KB: p50 overhead", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0], lines[^1]);
        // A launch fails if its collector does not have the settings of the report. This one did not fail.
        Assert.Contains(
            "gen 0 up to 67.1 MB, large objects from 1.05 MB", run.Json().Environment!.GarbageCollector, StringComparison.Ordinal);
        Assert.Contains("slow,echo,1KB,", run.Report("overhead.csv"), StringComparison.Ordinal);
        AnchorReport anchor = Assert.Single(run.Json().Launches).Anchor!;
        Assert.Equal(("slow/echo/1KB", "0 2"), (anchor.Case, string.Join(' ', anchor.Points.Select(point => point.CasesBefore))));
        Assert.All(anchor.Points, point => Assert.InRange(point.P50Ns, 1e6, 1e9));
        Assert.Contains("not viable", run.Report("overhead.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_calls_for_p99_exit_with_4()
    {
        using var run = new ProgramRun(
            "--iterations 100 --launches 1 --filter service-binding/echo/1KB --quiet", ("DOTNET_GCgen0size", "2000000"));

        Assert.Equal(4, await run.EndAsync());
        // The user's setting of the collector is kept and reported.
        Assert.Contains("gen 0 up to 33.6 MB", run.Json().Environment!.GarbageCollector, StringComparison.Ordinal);
        Assert.Equal(PayloadKind.Text, run.Json().Run.PayloadKind);
        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.StartsWith("Verdict: not known. service-binding/echo/1KB: ", lines[0], StringComparison.Ordinal);
        Assert.Equal([$"Reports: {Assert.Single(run.Kept).Path}"], lines[1..]);
        Assert.Equal("", run.Error.Trim());
        Assert.Contains(
            "p95 needs 200 calls; launch 1 has 100; p99 needs 1000 calls; launch 1 has 100",
            run.Report("percentiles.csv"),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_with_a_failed_case_reports_the_others_and_exits_3()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter throws/echo/100B service-binding/echo/100B --json");

        Assert.Equal(3, await run.EndAsync());
        JsonNode verdict = JsonNode.Parse(run.Output)!;
        Assert.Equal((3, Assert.Single(run.Kept).Path), ((int)verdict["exitCode"]!, (string)verdict["folder"]!));
        const string Failure = $"throws/echo/100B failed in launch 1: in the warm-up, call 1 failed: {ThrowingBinding.Message}";
        Assert.Contains(verdict["failures"]!.AsArray(), failure => ((string)failure!).StartsWith(Failure, StringComparison.Ordinal));
        string[] rows = run.Report("percentiles.csv").Split("\r\n");
        RequireRow(rows, "service-binding,echo,100B,100,1,1000,", ",ok,");
        RequireRow(rows, "throws,echo,100B,100,0,0,,", ",failed,");
        RequireRow(rows, "throws,echo,100B,100,0,0,,", $"failed in launch 1: in the warm-up, call 1 failed: {ThrowingBinding.Message}");
    }

    [Theory]
    [InlineData("lies-once", "gave a wrong answer: ")]
    [InlineData("throws-once", "failed: injected failure")]
    public async Task Run_with_one_failed_call_exits_3_and_reports_the_others(string method, string what)
    {
        using var run = new ProgramRun($"--profile quick --iterations 1000 --filter {method}/echo/100B");

        Assert.Equal(3, await run.EndAsync());
        RunReport report = run.Json();
        CaseReport one = report.Cases.Single(each => each.Method == method);
        Assert.Contains(what, Assert.Single(one.Failures).Error, StringComparison.Ordinal);
        // The row still has the percentiles of the good calls.
        RequireRow(run.Report("percentiles.csv").Split("\r\n"), $"{method},echo,100B,100,1,1000,", ",failed,");
    }

    [Fact]
    public async Task Run_names_a_method_that_changes_the_process_and_keeps_memory()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter careless/echo/100B");

        await run.EndAsync();
        string rows = run.Report("percentiles.csv");
        Assert.Contains("the method changed the process's least threads of the pool from '", rows, StringComparison.Ordinal);
        Assert.Contains("live heap grew by ", rows, StringComparison.Ordinal);
        Assert.Contains("careless changed the process's least threads of the pool", run.Report("overhead.md"), StringComparison.Ordinal);
    }

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Own_function_is_measured_by_methods_of_every_kind()
    {
        string[] methods = ["service-binding", "service-binding-messagepack", "pipe", "grpc-in-memory", "stream-json-rpc", "capnweb"];
        using var run = new ProgramRun(
            $"--profile quick --iterations 1000 --functions {typeof(UpperCaseFunction).Assembly.Location} --filter "
            + string.Join(' ', methods.Select(method => $"{method}/upper-case/1KB")));

        int code = await run.EndAsync();

        Assert.True(code is 0 or 4, $"{code}: {run.Error}{run.Output}");
        RunReport report = run.Json();
        Assert.Equal(["direct", .. methods], report.Cases.Select(one => one.Method));
        Assert.All(report.Cases, one => Assert.Equal(("upper-case", 0, 1), (one.Function, one.Failures.Count, one.Passes.Count)));
    }

    [Fact]
    public async Task Run_of_days_needs_the_users_consent_and_leaves_no_folder()
    {
        using var artifacts = new TemporaryFolder();
        using var run = new ProgramRun("--filter slow/echo/1KB --launches 100 --time 1min", artifacts);

        Assert.Equal(2, await run.EndAsync());
        Assert.Contains("--time ", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(artifacts.Root, "results", "runs")));
    }

    [Fact]
    public async Task Run_verdict_is_about_the_selected_method()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter slow/echo/100B --threshold p50=1us");

        Assert.NotEqual(0, await run.EndAsync());
        Assert.Equal(["slow"], run.Json().Run.SelectedMethods);
    }

    [Fact(Explicit = true), Trait(LongTests.Trait, LongTests.Value)]
    public async Task Run_with_callers_reports_each_number_and_failures()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --callers 4,1 --filter crowded/echo/100B hop/-/100B");

        Assert.Equal(3, await run.EndAsync());
        string[] rows = run.Report("callers.csv").Split("\r\n");
        RequireRow(rows, "direct,echo,100B,100,1,1,", "");
        RequireRow(rows, "direct,echo,100B,100,4,1,", "");
        RequireRow(rows, "crowded,echo,100B,100,4,0,0,", $"failed in launch 1: With 4 callers: {CrowdedBinding.Message}");
        Assert.DoesNotContain(rows, row => row.StartsWith("hop,", StringComparison.Ordinal));
        RunReport report = run.Json();
        Assert.Equal([1, 4], report.Run.Callers);
        Assert.Equal([1, 4], CallersOf("direct"));
        Assert.Empty(CallersOf("hop"));

        IEnumerable<int> CallersOf(string method) =>
            Assert.Single(report.Cases.Single(one => one.Method == method).Passes).Callers.Select(callers => callers.Callers);
    }

    [Fact]
    public async Task Launch_does_not_block_a_reader_or_pool_thread()
    {
        using var run = new ProgramRun("--profile quick --iterations 10000 --filter reader/echo/100B --seed 2");

        // With the tests' short warm-up the verdict may be not known.
        Assert.Contains(await run.EndAsync(), new[] { 0, 4 });
        // The cases start right after the last warm-up, so this method must be warmed up last.
        Assert.Equal("reader", Assert.Single(run.Json().Launches).WarmUps[^1].Method);
        Assert.Contains("reader,echo,100B,100,1,10000,", run.Report("percentiles.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_kills_a_hanging_launch_and_exits_3()
    {
        using var run = new ProgramRun("--profile quick --launches 1 --iterations 1000 --timeout 5 --filter hangs/echo/100B");

        await run.UntilAsync("warming up hangs");
        int launch = run.Launch!.Id;
        Assert.Equal(3, await run.EndAsync());
        Assert.Contains(
            "launch 1 failed: hung: said nothing for 5 s while warming up hangs, and was killed", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{launch}"));
    }

    [Fact]
    public async Task Run_with_a_killed_launch_exits_3()
    {
        using var run = new ProgramRun("--profile quick --launches 1 --filter direct/echo/100B");

        await run.UntilAsync("warming up direct");
        await ProgramRun.SignalAsync("KILL", run.Launch!.Id);

        Assert.Equal(3, await run.EndAsync());
        Assert.Contains("launch 1 failed: ended with exit code 137", run.Output, StringComparison.Ordinal);
        Assert.Contains("direct,echo,100B,100,0,0,", run.Report("percentiles.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Interrupted_run_reports_finished_launches_and_exits_130()
    {
        using var run = new ProgramRun("--profile quick --launches 50 --iterations 1000 --filter direct/echo/100B");

        await run.UntilAsync("launch 2/50");
        int launch = run.Launch!.Id;
        // Two signals at once count as one request: the command timeout signals a process and its group.
        await ProgramRun.SignalAsync(run.Interrupt, run.Id, run.Id);

        Assert.Equal(130, await run.EndAsync());
        Assert.Contains("direct,echo,100B,100,1,1000,", run.Report("percentiles.csv"), StringComparison.Ordinal);
        Assert.Contains("launch 2 interrupted", run.Output, StringComparison.Ordinal);
        KeptRun kept = Assert.Single(run.Kept);
        Assert.Equal((false, true), (kept.IsFinished, kept.IsResumable));
        Assert.Equal(
            await File.ReadAllTextAsync(kept.Report!, TestContext.Current.CancellationToken), run.Report(RunReport.FileName));
        Assert.False(Directory.Exists($"/proc/{launch}"));
    }

    [Fact]
    public async Task Launch_ends_when_the_program_is_killed()
    {
        using var run = new ProgramRun("--profile quick --launches 1 --filter direct/echo/100B");

        await run.UntilAsync("warming up direct");
        int launch = run.Launch!.Id;
        await ProgramRun.SignalAsync("KILL", run.Id);

        while (Directory.Exists($"/proc/{launch}"))
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }
    }

    private static void RequireRow(string[] rows, string start, string content) => Assert.Contains(
        rows, row => row.StartsWith(start, StringComparison.Ordinal) && row.Contains(content, StringComparison.Ordinal));
}
