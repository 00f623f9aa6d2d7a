using WorkerRpc.Benchmarks.Commands;

namespace WorkerRpc.Tests.Studies;

public class StudiesProgramTests
{
    [Fact]
    public async Task Help_matches_its_golden_file()
    {
        (int code, string output, string error) = await RunAsync("--help");

        Assert.Equal((0, ""), (code, error));
        Golden.RequireSame("Studies/Golden/studies.txt", output);
    }

    [Theory]
    [InlineData(
        "error: Unknown study 'write'. Known: speed, capnweb, hostile, collector, time, early, widening, passes.\n"
        + "       --help shows what is accepted.\n",
        "write")]
    [InlineData(
        "error: --lines takes no part in time. It belongs to early.\n       --help shows what is accepted.\n",
        "time", "--lines", "report.json")]
    [InlineData(
        "error: The argument <speed|capnweb|hostile|collector|time|early|widening|passes> is missing.\n"
        + "       --help shows what is accepted.\n")]
    public async Task Mistake_ends_with_exit_code_2(string error, params string[] arguments) =>
        Assert.Equal((2, "", error), await RunAsync(arguments));

    private static async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        ProgramExitCode code = await WorkerRpc.Studies.Program.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return ((int)code, output.ToString(), error.ToString());
    }
}
