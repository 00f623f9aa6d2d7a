using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>Serves the interop target with the npm package.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly NodePeer _node;
    private readonly string _authority;
    private readonly HttpClient _client = new();

    private NodeServer(NodePeer node, int port) =>
        (_node, _authority) = (node, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

    public Uri WebSocket => new($"ws://{_authority}/rpc");

    public Uri Batch => new($"http://{_authority}/rpc");

    public static async Task<NodeServer> StartAsync()
    {
        NodePeer node = await NodePeer.StartAsync("server.mjs");
        return new NodeServer(node, (await node.ReadAsync()).GetProperty("port").GetInt32());
    }

    /// <summary>Reads the server's state over plain HTTP, without Cap'n Web.</summary>
    public async Task<ServerState> StateAsync(CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerState>($"http://{_authority}/state", JsonSerializerOptions.Web, cancellation))!;

    /// <summary>Waits until the server has no session and no undisposed target.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled first.</exception>
    public async Task WaitUntilIdleAsync(CancellationToken cancellation)
    {
        while (await StateAsync(cancellation) is not { Sessions.Count: 0 } state || state.Disposed != state.Made)
        {
            await Task.Yield();
        }
    }

    /// <summary>Suspends the process.</summary>
    public Task PauseAsync() => ProgramRun.SignalAsync("STOP", _node.Id);

    public Task ResumeAsync() => ProgramRun.SignalAsync("CONT", _node.Id);

    /// <summary>Kills the process, so that its clients receive no close frame.</summary>
    public void Kill() => _node.Kill();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _client.Dispose();
    }
}

/// <summary>The state that a Node server reports.</summary>
/// <param name="Sessions">Table sizes of its WebSocket sessions.</param>
/// <param name="Made">Number of targets created, over all connections.</param>
/// <param name="Disposed">Number of targets disposed, over all connections.</param>
internal sealed record ServerState(IReadOnlyList<TableSizes> Sessions, int Made, int Disposed);

/// <summary>Table sizes of a session. An idle session has 1 in each: the main object.</summary>
internal sealed record TableSizes(int Imports, int Exports);
