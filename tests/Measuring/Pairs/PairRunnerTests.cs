using System.Diagnostics;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Pairs;
using WorkerRpc.Benchmarks.Results.Pools;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring.Pairs;

// Alone: its processes keep one processor busy, and it inspects all processes of the machine.
[Collection(Alone.Name)]
public sealed class PairRunnerTests : IDisposable
{
    private const string Slowed = "service-binding/echo/100B";
    private static readonly string[] s_cases = ["direct/echo/100B", Slowed];
    private static readonly ProgramBuild s_own = new(Path.Combine(AppContext.BaseDirectory, "WorkerRpc.Benchmarks"));

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Injected_delays_slow_control_and_head_in_real_processes()
    {
        const double DelayNs = 1_000_000;
        var runner = new PairRunner(s_own, s_own, PayloadKind.Text, release: s_own);
        var plan = new PairPlan(1, s_cases, new Injection(Slowed, Share: null, DelayNs, Every: 1), Rounds: 2)
        {
            HeadInjection = new Injection(s_cases[0], Share: null, DelayNs, Every: 1),
        };

        Pair pair = await runner.RunAsync(plan, seed: 1, TestContext.Current.CancellationToken);

        Assert.All(new[] { pair.Base, pair.Head, pair.Control, pair.Release! }, side =>
        {
            Assert.Equal(s_cases, side.Keys.Order(StringComparer.Ordinal));
            Assert.All(side.Values, figures => Assert.True(figures.Calls > 0));
        });
        Assert.Equal(OperatingSystem.IsLinux() || OperatingSystem.IsWindows(), pair.OnOneProcessor);
        // No upper limit: on a busy machine calls take longer.
        Assert.InRange(pair.Control[Slowed].MeanNs!.Value, DelayNs, double.MaxValue);
        Assert.InRange(pair.Head[s_cases[0]].MeanNs!.Value, DelayNs, double.MaxValue);
        Assert.Equal(40, pair.Base["direct/echo/100B"].AllocatedBytes!.Value, 1.0);
        Assert.DoesNotContain(Process.GetProcesses(), IsTakingTurns);
    }

    [Fact]
    public async Task Unknown_case_is_refused_with_the_known_ones()
    {
        var runner = new PairRunner(s_own, s_own, PayloadKind.Text);

        UnusableInputException refused =
            await Assert.ThrowsAsync<UnusableInputException>(() => RunAsync(runner, "carrier-pigeon/echo/1KB"));

        Assert.Contains("Unknown method 'carrier-pigeon'. Known: direct, service-binding", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Build_without_the_protocol_is_refused_as_too_old()
    {
        string program = Script("echo 'Unhandled exception: no such plan' >&2; exit 134");
        var runner = new PairRunner(new ProgramBuild(program), s_own, PayloadKind.Text);

        UnusableInputException refused = await Assert.ThrowsAsync<UnusableInputException>(() => RunAsync(runner));

        Assert.Contains(
            "ended with exit code 134: Unhandled exception: no such plan. It predates the gate.",
            refused.Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""echo '{"said":"refused","error":"The gate speaks version 1.","unusable":true}'""", "The gate speaks version 1.", true)]
    [InlineData("""echo '{"said":"refused","error":"no memory","unusable":false}'""", "no memory", false)]
    [InlineData("echo 'Hello!'", "answered something unreadable", false)]
    [InlineData(
        """echo '{"said":"entered","runtime":"x","onOneProcessor":true}'; read line; echo 'fell over' >&2; exit 3""",
        "ended with exit code 3: fell over",
        false)]
    [InlineData("""echo '{"said":"told","cases":[]}'""", "answered ConnectCases with TurnResults", false)]
    public async Task Measuring_process_failure_is_reported_and_leaves_no_process(string reply, string expected, bool unusable)
    {
        string program = Script($"read line; {reply}; read line");

        Exception failed = await Assert.ThrowsAnyAsync<Exception>(() => RunAsync(RunnerOf(program)));

        Assert.Equal(unusable ? typeof(UnusableInputException) : typeof(TurnFailedException), failed.GetType());
        Assert.Contains(expected, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(program, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Interrupted_pair_leaves_no_process()
    {
        string program = Script("read line; read line");
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<Pair> running = RunnerOf(program).RunAsync(PlanOf(s_cases), 1, interrupted.Token);

        await interrupted.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.DoesNotContain(Process.GetProcesses(), process => CommandLine(process).Contains(program, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"do":"enter","version":1,"cases":[],"processor":0}""", "speaks version 1", true)]
    [InlineData("""{"do":"turn","case":"direct/echo/1KB","ms":1,"keep":true}""", "Unknown case 'direct/echo/1KB'", true)]
    [InlineData("""{"do":"dance"}""", "dance", true)]
    [InlineData("no JSON", "", true)]
    public async Task Host_refuses_a_bad_request_and_answers_the_next(string request, string expected, bool unusable)
    {
        using var replies = new StringWriter { NewLine = "\n" };

        await TurnHost.RunAsync(new StringReader(request + "\n" + TurnJson.Write(new GetResults()) + "\n"), replies);

        string[] lines = replies.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Refused refused = Assert.IsType<Refused>(TurnJson.ReadReply(lines[0]));
        Assert.Equal(unusable, refused.Unusable);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
        Assert.Empty(Assert.IsType<TurnResults>(TurnJson.ReadReply(lines[1])).Cases);
    }

    private static PairRunner RunnerOf(string program) =>
        new(new ProgramBuild(program), new ProgramBuild(program), PayloadKind.Text);

    private static PairPlan PlanOf(params string[] cases) => new(1, cases, Injection.OfP50(cases[0], 0.1), Rounds: 2);

    private static Task<Pair> RunAsync(PairRunner runner, params string[] cases) =>
        runner.RunAsync(PlanOf(cases.Length > 0 ? cases : s_cases), 1, TestContext.Current.CancellationToken);

    private static bool IsTakingTurns(Process process) =>
        CommandLine(process) is var line
        && line.Contains(s_own.Executable, StringComparison.Ordinal)
        && line.Contains("--in-turns", StringComparison.Ordinal);

    private static string CommandLine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline");
        }
        catch (IOException)
        {
            // The process has just ended.
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
