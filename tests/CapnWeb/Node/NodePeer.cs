using System.Text.Json;
using WorkerRpc.Bindings.Node;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>
/// A Node program of this folder, which uses the npm package and prints lines of JSON. It ends with the test. Failures show what
/// it wrote to standard error.
/// </summary>
internal sealed class NodePeer : IAsyncDisposable
{
    // Much longer than any scenario takes. A hang then fails one test and not the whole run.
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(1);

    // Starting a process is slow, so Node is looked for only once.
    private static readonly Lazy<Task<NodeException?>> s_missing = new(FindMissingAsync);

    private readonly NodeProcess _process;

    private NodePeer(NodeProcess process) => _process = process;

    /// <summary>The folder with the programs and their packages.</summary>
    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Node");

    /// <summary>Starts a program.</summary>
    /// <param name="program">The file name.</param>
    /// <param name="arguments">The arguments.</param>
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
    /// <param name="line">The line.</param>
    public async Task WriteAsync(string line)
    {
        using CancellationTokenSource limit = Limit();
        await _process.WriteLineAsync(line, limit.Token);
    }

    /// <summary>Reads the next line. Null if the program has ended successfully.</summary>
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

    /// <summary>Reads the next line.</summary>
    public async Task<JsonElement> ReadAsync() =>
        await TryReadAsync() ?? throw new InvalidOperationException($"Node said nothing more: {_process.Errors}");

    /// <summary>The id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>Kills the process.</summary>
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
