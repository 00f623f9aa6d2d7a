using System.Text.Json;
using WorkerRpc.Bindings.Node;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// A program of this folder in Node, with the npm package: what it says is read as lines of JSON. It ends with the test, and
/// what it wrote to its standard error stands in the failure's message.
/// </summary>
internal sealed class NodePeer : IAsyncDisposable
{
    // Far above what any scenario takes: a hang fails its test instead of the whole suite.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    private readonly NodeProcess _process;
    private readonly CancellationTokenSource _limit;

    private NodePeer(NodeProcess process, CancellationTokenSource limit) => (_process, _limit) = (process, limit);

    /// <summary>Where the programs are, and their packages.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Node");

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its file's name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<NodePeer> StartAsync(string program, params string[] arguments)
    {
        await RequireNodeAsync();
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        await NodePackages.InstallAsync(Folder, limit.Token);
        return new NodePeer(NodeProcess.StartProgram(Path.Combine(Folder, program), arguments), limit);
    }

    /// <summary>Skips the test where there is no Node; in CI that is a failure.</summary>
    public static async Task RequireNodeAsync()
    {
        try
        {
            await using NodeProcess node = NodeProcess.Start("node", ["--version"], AppContext.BaseDirectory);
            await node.ReadLineAsync(TestContext.Current.CancellationToken);
        }
        catch (NodeException e) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Skip(e.Message);
        }
    }

    /// <summary>The next line; null where there are no more and the program ended in good order.</summary>
    public async Task<JsonElement?> TryReadAsync()
    {
        try
        {
            if (await _process.TryReadLineAsync(_limit.Token) is { } line)
            {
                return JsonElement.Parse(line);
            }

            (int exitCode, string errors) = await _process.WaitForExitAsync(_limit.Token);
            Assert.True(exitCode == 0, $"Node ended with exit code {exitCode}: {errors}");
            return null;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"Node said nothing more within {s_limit.TotalSeconds} s: {_process.Errors}");
        }
    }

    /// <summary>The next line.</summary>
    public async Task<JsonElement> ReadAsync() => await TryReadAsync() ?? throw new InvalidOperationException($"Node said nothing more: {_process.Errors}");

    /// <summary>Has it die at once.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _limit.Dispose();
    }
}
