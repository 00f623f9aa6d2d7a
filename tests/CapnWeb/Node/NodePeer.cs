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

    // Asked for once: a process takes its time to start.
    private static readonly Lazy<Task<NodeException?>> s_missing = new(FindMissingAsync);

    private readonly NodeProcess _process;

    private NodePeer(NodeProcess process) => _process = process;

    /// <summary>Where the programs are, and their packages.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Node");

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its file's name.</param>
    /// <param name="arguments">Its arguments.</param>
    public static async Task<NodePeer> StartAsync(string program, params string[] arguments)
    {
        await RequireNodeAsync();
        using CancellationTokenSource limit = Limit();
        await NodePackages.InstallAsync(Folder, limit.Token);
        return new NodePeer(NodeProcess.StartProgram(Path.Combine(Folder, program), arguments));
    }

    /// <summary>Skips the test where there is no Node; in CI that is a failure.</summary>
    public static async Task RequireNodeAsync()
    {
        if (await s_missing.Value is { } missing)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", missing.Message);
            throw missing;
        }
    }

    /// <summary>Tells it something.</summary>
    /// <param name="line">One line.</param>
    public async Task WriteAsync(string line)
    {
        using CancellationTokenSource limit = Limit();
        await _process.WriteLineAsync(line, limit.Token);
    }

    /// <summary>The next line; null where there are no more and the program ended in good order.</summary>
    public async Task<JsonElement?> TryReadAsync()
    {
        using CancellationTokenSource limit = Limit();
        try
        {
            if (await _process.TryReadLineAsync(limit.Token) is { } line)
            {
                return JsonElement.Parse(line);
            }

            (int exitCode, string errors) = await _process.WaitForExitAsync(limit.Token);
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

    /// <summary>The process.</summary>
    public int Id => _process.Id;

    /// <summary>Has it die at once.</summary>
    public void Kill() => _process.Kill();

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(s_limit);
        return limit;
    }

    private static async Task<NodeException?> FindMissingAsync()
    {
        try
        {
            await using NodeProcess node = NodeProcess.Start("node", ["--version"], AppContext.BaseDirectory);
            await node.ReadLineAsync(CancellationToken.None);
            return null;
        }
        catch (NodeException e)
        {
            return e;
        }
    }
}
