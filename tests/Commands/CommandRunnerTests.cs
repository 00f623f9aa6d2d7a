using System.CommandLine;
using WorkerRpc.Benchmarks.Commands;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Commands;

public class CommandRunnerTests
{
    private static readonly CommandRunner s_runner = new("program", "--help", "");

    [Fact]
    public async Task Interruption_ends_a_start_that_waits_for_ever()
    {
        using var interrupted = new CancellationTokenSource();
        using var waits = new ManualResetEventSlim();
        using var output = new StringWriter();
        // Like a constructor of a user's binding that never returns.
        var command = new Command(() =>
        {
            interrupted.Cancel();
            waits.Wait(TestContext.Current.CancellationToken);
        });

        ProgramExitCode code = await s_runner.RunAsync(command, [], output, output, interrupted.Token);
        waits.Set();

        Assert.Equal((ProgramExitCode.Interrupted, ""), (code, output.ToString()));
    }

    [Fact]
    public async Task Error_is_one_line_that_a_terminal_can_show()
    {
        using var error = new StringWriter { NewLine = "\n" };
        var command = new Command(() => throw new UnusableInputException("one\r\ntwo \u001b[31m"));

        ProgramExitCode code = await s_runner.RunAsync(command, [], TextWriter.Null, error, TestContext.Current.CancellationToken);

        Assert.Equal(ProgramExitCode.Unusable, code);
        Assert.Equal("error: one two \uFFFD[31m\n       --help shows what is accepted.\n", error.ToString());
    }

    private sealed class Command(Action plan) : ICommand
    {
        public RootCommand Syntax => [];

        public string Examples => "";

        public Task<CommandPlan> PlanAsync(ParseResult parsed, CancellationToken interrupted)
        {
            plan();
            return Task.FromResult(new CommandPlan((_, _, _) => Task.FromResult(ProgramExitCode.Fine)));
        }
    }
}
