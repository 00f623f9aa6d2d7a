using System.Text.Json;
using WorkerRpc.Bindings.Node;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// A Node program of this folder, which uses the npm package and prints lines of JSON. Disposing ends the program. Failures
/// include its standard error.
/// </summary>
internal sealed class NodePeer : IAsyncDisposable
{
    // A hang fails one test after this time instead of blocking the whole run.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    // Starting a process is slow, so the check for Node runs only once.
    private static readonly Lazy<Task<NodeException?>> s_missing = new(FindMissingAsync);

    private readonly NodeProcess _process;

    private NodePeer(NodeProcess process) => _process = process;

    /// <summary>The folder with the programs and their packages.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Node");

    public static async Task<NodePeer> StartAsync(string program, params string[] arguments)
    {
        await RequireNodeAsync();
        using CancellationTokenSource limit = Limit();
        await NodePackages.InstallAsync(Folder, limit.Token);
        return new NodePeer(NodeProcess.StartProgram(Path.Combine(Folder, program), arguments));
    }

    /// <summary>Skips the test if Node is missing. In CI the test fails instead.</summary>
    public static async Task RequireNodeAsync()
    {
        if (await s_missing.Value is { } missing)
        {
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", missing.Message);
            throw missing;
        }
    }

    /// <summary>Writes one line to the program's standard input.</summary>
    public async Task WriteAsync(string line)
    {
        using CancellationTokenSource limit = Limit();
        await _process.WriteLineAsync(line, limit.Token);
    }

    /// <summary>Reads the next line. Returns null if the program has ended successfully.</summary>
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

    /// <summary>Reads the next line, and fails if the program has ended.</summary>
    public async Task<JsonElement> ReadAsync() =>
        await TryReadAsync() ?? throw new InvalidOperationException($"Node said nothing more: {_process.Errors}");

    public int Id => _process.Id;

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
