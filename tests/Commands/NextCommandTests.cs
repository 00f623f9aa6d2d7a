using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public class NextCommandTests
{
    private static readonly CaseReport s_direct = Cell("direct/echo/1KB", 1_000);
    private static readonly RunReport s_viable = MadeUp.Report(6, s_direct, Cell("service-binding/echo/1KB", 16_000));
    private static readonly RunReport s_slow = MadeUp.Report(6, s_direct, Cell("service-binding/echo/1KB", 2_000_000));

    public static TheoryData<string, string> EveryOutcome => new()
    {
        { "viable", "report --open" },
        { "interrupted", "--resume" },
        { "failed", "--profile quick --filter service-binding/echo/1KB" },
        { "not viable", "--anyCategories core remedy" },
        { "not known for want of launches", "--profile standard --filter service-binding/echo/1KB" },
        { "not known for all that", "--profile full --filter service-binding/echo/1KB" },
        { "not known of a caller in another process", "report --open" },
        { "a failed method of somebody's assembly", "report --open" },
        { "a failed function whose name a shell would run", "report --open" },
    };

    [Theory]
    [MemberData(nameof(EveryOutcome))]
    public void What_is_worth_typing_follows_from_what_came_of_the_run(string outcome, string arguments) =>
        Assert.Equal("dotnet run -c Release --project benchmarks -- " + arguments, NextCommand.After(new RunAnalysis(Of(outcome)), folder: null));

    [Theory]
    [InlineData("viable", "/data/results", "report --from /data/results/report.json --open")]
    [InlineData("viable", "/it's $HOME", @"report --from '/it'\''s $HOME/report.json' --open")]
    [InlineData("interrupted", "/data/results", "--resume --artifacts /data")]
    [InlineData("interrupted", "/data/moved", "report --from /data/moved/report.json --open")]
    public void A_folder_of_the_users_stands_in_it_as_a_shell_takes_it(string outcome, string folder, string arguments) =>
        Assert.EndsWith(" -- " + arguments, NextCommand.After(new RunAnalysis(Of(outcome)), folder), StringComparison.Ordinal);

    private static RunReport Of(string outcome) => outcome switch
    {
        "viable" => s_viable,
        "interrupted" => s_viable with { Interrupted = true },
        "failed" => MadeUp.Report(6, s_direct, MadeUp.Case("service-binding/echo/1KB")),
        "not viable" => s_slow,
        "not known for want of launches" => MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 900_000)),
        // Without direct of its own no overhead is known.
        "not known for all that" => MadeUp.Report(6, Cell("service-binding/echo/1KB", 16_000)),
        "not known of a caller in another process" => MadeUp.OfCaller(MadeUp.Report(1, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case("service-binding/echo/1KB", 900_000))),
        "a failed method of somebody's assembly" => MadeUp.Report(6, s_direct, MadeUp.Case("somebodys/echo/1KB")),
        _ => MadeUp.Report(6, s_direct, MadeUp.Case("raw-fetch/$(reboot)/1KB")),
    };

    private static CaseReport Cell(string id, long ns) => MadeUp.Case(id, [.. Enumerable.Repeat(ns, 6)]);
}
