using WorkerRpc.Benchmarks.Measuring.Builds;

namespace WorkerRpc.Tests.Measuring.Builds;

public class GitTests
{
    [Fact]
    public async Task Failed_command_returns_the_error_in_English()
    {
        using var folder = new TemporaryFolder();

        GitAnswer answer = await new Git(folder.Root, TestContext.Current.CancellationToken).RunAsync("rev-parse", "HEAD");

        Assert.Equal((false, ""), (answer.Succeeded, answer.Output));
        Assert.Contains("not a git repository", answer.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Interruption_kills_a_running_command()
    {
        using var folder = new TemporaryFolder();
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var git = new Git(folder.Root, interrupted.Token);

        // Without the interruption this command would run forever.
        Task<GitAnswer> running = git.RunAsync("-c", "alias.wait=!tail -f /dev/null", "wait");
        interrupted.CancelAfter(TimeSpan.FromSeconds(0.1));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }
}
