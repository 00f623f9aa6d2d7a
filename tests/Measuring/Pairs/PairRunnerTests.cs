using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring.Pairs;

// Its processes crowd one processor, and it looks at all that run.
[Collection(Alone.Name)]
public sealed class PairRunnerTests : IDisposable
{
    private const string Slowed = "service-binding/echo/100B";
    private static readonly string[] s_cases = ["direct/echo/100B", Slowed];
    private static readonly Build s_own = new(Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Benchmarks"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Real_processes_take_turns_and_the_controls_case_is_slower_by_what_it_was_given()
    {
        const double DelayNs = 1_000_000;
        var runner = new PairRunner(s_own, s_own, s_cases);

        Pair pair = await runner.RunAsync(1, Injection.OfSome(Slowed, every: 1, DelayNs), seed: 1, TestContext.Current.CancellationToken);

        Assert.All(new[] { pair.Base, pair.Head, pair.Control }, side =>
        {
            Assert.Equal(s_cases, side.Keys.Order(StringComparer.Ordinal));
            Assert.All(side.Values, figures => Assert.True(figures.Calls > 0));
        });
        Assert.Equal(OperatingSystem.IsLinux() || OperatingSystem.IsWindows(), pair.OnOneProcessor);
        // No less than the spin: that it takes longer on a busy machine is no matter here.
        Assert.InRange(pair.Control[Slowed].MeanNs!.Value, DelayNs, double.MaxValue);
        Assert.Equal(40, pair.Base["direct/echo/100B"].AllocatedBytes!.Value, 1.0);
        Assert.DoesNotContain(Process.GetProcesses(), IsTakingTurns);
    }

    [Fact]
    public async Task A_case_that_a_build_lacks_is_refused_with_what_it_has()
    {
        var runner = new PairRunner(s_own, s_own, ["carrier-pigeon/echo/1KB"]);

        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(() => RunAsync(runner));

        Assert.Contains("Unknown method 'carrier-pigeon'. Known: direct, service-binding", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_that_does_not_know_the_protocol_is_refused_as_one_that_predates_the_gate()
    {
        string program = Script("echo 'Unhandled exception: no such plan' >&2; exit 134");

        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(() => RunAsync(new PairRunner(new Build(program), s_own, s_cases)));

        Assert.Contains("ended with exit code 134: Unhandled exception: no such plan. It predates the gate.", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read line; echo '{\"said\":\"refused\",\"error\":\"The gate speaks version 1.\",\"unusable\":true}'; read line", "The gate speaks version 1.", true)]
    [InlineData("read line; echo '{\"said\":\"refused\",\"error\":\"no memory\",\"unusable\":false}'; read line", "no memory", false)]
    [InlineData("read line; echo 'Hello!'; read line", "answered something unreadable", false)]
    [InlineData("read line; echo '{\"said\":\"entered\",\"runtime\":\"x\",\"onOneProcessor\":true}'; read line; echo 'fell over' >&2; exit 3", "ended with exit code 3: fell over", false)]
    [InlineData("read line; echo '{\"said\":\"told\",\"cases\":[]}'; read line", "answered ConnectCases with TurnResults", false)]
    public async Task What_a_measuring_process_does_wrong_is_told_and_nothing_is_left_running(string script, string said, bool unusable)
    {
        string program = Script(script);

        Exception failed = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(new PairRunner(new Build(program), new Build(program), s_cases)));

        Assert.Equal(unusable ? typeof(UnusableInputException) : typeof(TurnFailedException), failed.GetType());
        Assert.Contains(said, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(program, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_pair_that_is_interrupted_leaves_no_process()
    {
        string program = Script("read line; read line");
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<Pair> running = new PairRunner(new Build(program), new Build(program), s_cases).RunAsync(1, Injection.OfP50(Slowed, 0.1), 1, interrupted.Token);

        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(program, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"do":"enter","version":1,"cases":[],"processor":0}""", "speaks version 1", true)]
    [InlineData("""{"do":"turn","case":"direct/echo/1KB","ms":1,"keep":true}""", "Unknown case 'direct/echo/1KB'", true)]
    [InlineData("""{"do":"dance"}""", "dance", true)]
    [InlineData("no JSON", "", true)]
    public async Task A_request_that_cannot_be_met_is_refused_and_the_next_is_answered(string request, string said, bool unusable)
    {
        using var replies = new StringWriter { NewLine = "\n" };

        await TurnHost.RunAsync(new StringReader(request + "\n" + TurnJson.Write(new GetResults()) + "\n"), replies);

        string[] lines = replies.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Refused refused = Assert.IsType<Refused>(TurnJson.ReadReply(lines[0]));
        Assert.Equal(unusable, refused.Unusable);
        Assert.Contains(said, refused.Error, StringComparison.Ordinal);
        Assert.Empty(Assert.IsType<TurnResults>(TurnJson.ReadReply(lines[1])).Cases);
    }

    private static Task<Pair> RunAsync(PairRunner runner) => runner.RunAsync(1, Injection.OfP50(Slowed, 0.1), 1, TestContext.Current.CancellationToken);

    private static bool IsTakingTurns(Process process) =>
        CommandLine(process) is var line && line.Contains(s_own.Program, StringComparison.Ordinal) && line.Contains("--in-turns", StringComparison.Ordinal);

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            // It has just ended.
            return "";
        }
    }

    private string Script(string content)
    {
        string path = _folder.File("process.sh");
        File.WriteAllText(path, "#!/bin/sh\n" + content + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return path;
    }
}
