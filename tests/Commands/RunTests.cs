using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Injected;

namespace WorkerRpc.Tests.Commands;

/// <summary>Whole runs, with launches that behave and launches that do not.</summary>
public class RunTests
{
    [Fact]
    public async Task A_method_that_adds_more_than_its_threshold_is_not_viable_and_named_and_exits_1()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter slow/echo/1KB --threshold slow/*:p50=1ms", (InjectedWarmUpAttribute.WholeVariable, "1"));

        Assert.Equal(1, await run.EndAsync());
        Assert.Contains("Verdict: not viable. slow/echo/1KB: p50 overhead", run.Output, StringComparison.Ordinal);
        // A launch whose collector runs with anything else than the report says has failed.
        Assert.Contains("gen 0 up to 67.1 MB, large objects from 1.05 MB", run.Json().Environment!.GarbageCollector, StringComparison.Ordinal);
        Assert.Contains("slow,echo,1KB,", run.Report("overhead.csv"), StringComparison.Ordinal);
        Assert.Contains("not viable", run.Report("overhead.md"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_few_calls_for_a_p99_are_not_known_and_exit_4()
    {
        using var run = new ProgramRun("--iterations 100 --launches 1 --filter service-binding/echo/1KB", ("DOTNET_GCgen0size", "2000000"));

        Assert.Equal(4, await run.EndAsync());
        // What a user has set stands, and is told.
        Assert.Contains("gen 0 up to 33.6 MB", run.Json().Environment!.GarbageCollector, StringComparison.Ordinal);
        Assert.Contains("Verdict: not known. service-binding/echo/1KB: ", run.Output, StringComparison.Ordinal);
        Assert.Contains("p95 needs 200 calls; launch 1 has 100; p99 needs 1000 calls; launch 1 has 100", run.Report("percentiles.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_case_that_throws_is_shown_as_failed_and_the_others_are_reported_and_it_exits_3()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --filter throws/echo/100B service-binding/echo/100B");

        Assert.Equal(3, await run.EndAsync());
        string[] rows = run.Report("percentiles.csv").Split("\r\n");
        Assert.Contains(rows, row => row.StartsWith("service-binding,echo,100B,100,1,1000,", StringComparison.Ordinal) && row.Contains(",ok,", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("throws,echo,100B,100,0,0,,", StringComparison.Ordinal) && row.Contains($",failed,,failed in launch 1: {ThrowingBinding.Message}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Callers_are_reported_a_row_each_and_a_case_that_fails_with_several_is_that_cases_failure_and_exits_3()
    {
        using var run = new ProgramRun("--profile quick --iterations 1000 --callers 4,1 --filter crowded/echo/100B hop/-/100B");

        Assert.Equal(3, await run.EndAsync());
        string[] rows = run.Report("callers.csv").Split("\r\n");
        Assert.Contains(rows, row => row.StartsWith("direct,echo,100B,100,1,1,", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("direct,echo,100B,100,4,1,", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("crowded,echo,100B,100,4,0,0,", StringComparison.Ordinal) && row.Contains($"failed in launch 1: With 4 callers: {CrowdedBinding.Message}", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.StartsWith("hop,", StringComparison.Ordinal));
        RunReport report = run.Json();
        Assert.Equal([1, 4], report.Run.Callers);
        Assert.Equal([1, 4], Assert.Single(report.Cases.Single(one => one.Method == "direct").Passes).Callers.Select(callers => callers.Callers));
        Assert.Empty(Assert.Single(report.Cases.Single(one => one.Method == "hop").Passes).Callers);
    }

    [Fact]
    public async Task A_launch_holds_neither_a_methods_reader_nor_a_thread_of_the_pool()
    {
        using var run = new ProgramRun("--profile quick --iterations 10000 --filter reader/echo/100B --seed 2");

        Assert.Equal(0, await run.EndAsync());
        // What is warmed up last is what the cases come after.
        Assert.Equal("reader", Assert.Single(run.Json().Launches).WarmUps[^1].Method);
        Assert.Contains("reader,echo,100B,100,1,10000,", run.Report("percentiles.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_launch_that_hangs_is_killed_and_its_finished_cases_count_and_it_exits_3()
    {
        using var run = new ProgramRun("--profile quick --launches 1 --iterations 1000 --timeout 5 --filter hangs/echo/100B");

        await run.UntilAsync("warming up hangs");
        int launch = run.Launch!.Id;
        Assert.Equal(3, await run.EndAsync());
        Assert.Contains("launch 1 failed: hung: said nothing for 5 s while warming up hangs, and was killed", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{launch}"));
    }

    [Fact]
    public async Task A_launch_that_is_killed_from_outside_is_reported_and_exits_3()
    {
        using var run = new ProgramRun("--profile quick --launches 1 --filter direct/echo/100B");

        await run.UntilAsync("warming up direct");
        await ProgramRun.SignalAsync("KILL", run.Launch!.Id);

        Assert.Equal(3, await run.EndAsync());
        Assert.Contains("launch 1 failed: ended with exit code 137", run.Output, StringComparison.Ordinal);
        Assert.Contains("direct,echo,100B,100,0,0,", run.Report("percentiles.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_is_interrupted_reports_its_finished_launches_and_leaves_no_process_and_exits_130()
    {
        using var run = new ProgramRun("--profile quick --launches 50 --iterations 1000 --filter direct/echo/100B");

        await run.UntilAsync("launch 2/50");
        int launch = run.Launch!.Id;
        // As from something that signals a process and its group: that is one request.
        await ProgramRun.SignalAsync(run.Interrupt, run.Id, run.Id);

        Assert.Equal(130, await run.EndAsync());
        Assert.Contains("direct,echo,100B,100,1,1000,", run.Report("percentiles.csv"), StringComparison.Ordinal);
        Assert.Contains("launch 2 interrupted", run.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists($"/proc/{launch}"));
    }

    [Fact]
    public async Task A_program_that_is_killed_takes_its_launch_with_it()
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
}
