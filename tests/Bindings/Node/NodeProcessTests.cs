using WorkerRpc.Bindings.Node;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.Bindings.Node;

public class NodeProcessTests
{
    [Fact]
    public void Missing_command_error_names_the_requirement()
    {
        NodeException error = Assert.Throws<NodeException>(() => NodeProcess.Start("no-such-node", [], AppContext.BaseDirectory));

        Assert.StartsWith("'no-such-node' cannot be started (", error.Message, StringComparison.Ordinal);
        Assert.EndsWith("Node 20 or later with npm has to be on the PATH.", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Lines_are_written_and_read_as_UTF8()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using NodeProcess node = Evaluate("process.stdin.pipe(process.stdout)");

        await node.WriteLineAsync("é € 🦔", cancellation);

        Assert.Equal("é € 🦔", await node.ReadLineAsync(cancellation));
    }

    [Fact(Timeout = 30_000)]
    public async Task Ended_program_gives_its_exit_code_and_error_output()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using NodeProcess node = Evaluate("for (let i = 0; i < 100; i++) console.error(`line ${i}`); process.exitCode = 7");

        NodeException error = await Assert.ThrowsAsync<NodeException>(() => node.ReadLineAsync(cancellation));

        Assert.StartsWith("node -e ended with exit code 7: line 0; line 1; ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(
            "; line 7; …; line 92; line 93; line 94; line 95; line 96; line 97; line 98; line 99",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact(Timeout = 30_000)]
    public async Task Read_fails_when_the_program_is_killed()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await NodePeer.RequireNodeAsync();
        await using NodeProcess node = Evaluate("setInterval(() => {}, 1000)");
        Task<string> reading = node.ReadLineAsync(cancellation);

        node.Kill();

        await Assert.ThrowsAsync<NodeException>(() => reading);
    }

    [Fact(Timeout = 30_000)]
    public async Task Program_has_ended_after_two_disposals()
    {
        await NodePeer.RequireNodeAsync();
        NodeProcess node = Evaluate("setInterval(() => {}, 1000)");
        Task<string?> reading = node.TryReadLineAsync(TestContext.Current.CancellationToken).AsTask();

        await node.DisposeAsync();
        await node.DisposeAsync();

        Assert.Null(await reading);
    }

    private static NodeProcess Evaluate(string program) => NodeProcess.Start("node", ["-e", program], AppContext.BaseDirectory);
}
