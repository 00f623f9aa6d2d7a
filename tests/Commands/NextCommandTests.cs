using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public class NextCommandTests
{
    private static readonly ReportOrigin s_default = new(Folder: null);
    private static readonly CaseReport s_direct = SixLaunches("direct/echo/1KB", 1_000);
    private static readonly RunReport s_viable = MadeUp.Report(6, s_direct, SixLaunches("service-binding/echo/1KB", 16_000));
    private static readonly RunReport s_slow = MadeUp.Report(6, s_direct, SixLaunches("service-binding/echo/1KB", 2_000_000));

    public static TheoryData<string, string> EveryOutcome => new()
    {
        { "viable", "report --open" },
        { "interrupted", "--resume" },
        { "failed", "--profile quick --filter service-binding/echo/1KB" },
        { "not viable", "--anyCategories core remedy" },
        { "not viable without a remedy", "report --open" },
        { "not known after one launch", "--profile standard --filter service-binding/echo/1KB" },
        { "not known after six launches", "--profile full --filter service-binding/echo/1KB" },
        { "not known with a caller worker", "report --open" },
        { "a failed method of a bindings assembly", "report --open" },
        { "a failed function with a shell command as its name", "report --open" },
    };

    [Theory]
    [MemberData(nameof(EveryOutcome))]
    public void Next_command_depends_on_the_outcome(string outcome, string arguments) => Assert.Equal(
        "dotnet run -c Release --project benchmarks -- " + arguments,
        NextCommand.After(new RunAnalysis(Of(outcome)), s_default));

    [Theory]
    [InlineData("viable", "/data/results", "report --from /data/results/report.json --open")]
    [InlineData("viable", "/it's $HOME", @"report --from '/it'\''s $HOME/report.json' --open")]
    [InlineData("interrupted", "/data/results", "--resume --artifacts /data")]
    [InlineData("interrupted", "/data/moved", "report --from /data/moved/report.json --open")]
    public void Folder_in_next_command_is_quoted_for_a_shell(string outcome, string folder, string arguments) =>
        Assert.EndsWith(
            " -- " + arguments, NextCommand.After(new RunAnalysis(Of(outcome)), new ReportOrigin(folder)), StringComparison.Ordinal);

    [Fact]
    public void Next_run_has_the_payload_kind_of_the_run()
    {
        RunReport slow = s_slow with { Run = s_slow.Run with { PayloadKind = PayloadKind.Letters } };

        Assert.EndsWith(
            " -- --anyCategories core remedy --payload-kind letters",
            NextCommand.After(new RunAnalysis(slow), s_default),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not known after one launch", "--profile standard --filter service-binding/echo/1KB")]
    [InlineData("not viable", "--anyCategories core remedy")]
    public void Next_run_repeats_what_decided_the_answer(string outcome, string start)
    {
        RunReport report = Of(outcome);
        report = report with { Run = report.Run with { Thresholds = ["*/echo/*:p50=1ms", "p99=2ms", "somebodys/*:p95=1ms"] } };
        var origin = new ReportOrigin("/my data/results") { Bindings = "/mine/My.dll" };

        string expected = $" -- {start} --threshold '*/echo/*:p50=1ms' p99=2ms";
        // Remedies are built in, so their run needs no assembly.
        string bindings = outcome == "not viable" ? "" : " --bindings /mine/My.dll";
        Assert.EndsWith(
            expected + bindings + " --artifacts '/my data'", NextCommand.After(new RunAnalysis(report), origin), StringComparison.Ordinal);
    }

    [Fact]
    public void Case_of_a_known_assembly_is_measured_again_with_it() => Assert.EndsWith(
        " -- --profile quick --filter somebodys/echo/1KB --bindings '/my own.dll'",
        NextCommand.After(
            new RunAnalysis(Of("a failed method of a bindings assembly")), s_default with { Bindings = "/my own.dll" }),
        StringComparison.Ordinal);

    private static RunReport Of(string outcome) => outcome switch
    {
        "viable" => s_viable,
        "interrupted" => s_viable with { Interrupted = true },
        "failed" => MadeUp.Report(6, s_direct, MadeUp.Case("service-binding/echo/1KB")),
        "not viable" => s_slow,
        "not viable without a remedy" => MadeUp.Report(6, s_direct, SixLaunches("pipe/echo/1KB", 2_000_000)),
        "not known after one launch" => OneLaunch(),
        // The overhead is unknown, because direct was not measured.
        "not known after six launches" => MadeUp.Report(6, SixLaunches("service-binding/echo/1KB", 16_000)),
        "not known with a caller worker" => MadeUp.OfCaller(OneLaunch()),
        "a failed method of a bindings assembly" => MadeUp.Report(6, s_direct, MadeUp.Case("somebodys/echo/1KB")),
        _ => MadeUp.Report(6, s_direct, MadeUp.Case("raw-fetch/$(reboot)/1KB")),
    };

    private static RunReport OneLaunch() =>
        MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 900_000));

    private static CaseReport SixLaunches(string id, long ns) => MadeUp.Case(id, [.. Enumerable.Repeat(ns, 6)]);
}
