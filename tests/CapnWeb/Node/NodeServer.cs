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

    /// <summary>Asks for the server's state, outside the protocol.</summary>
    public async Task<ServerState> StateAsync(CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerState>($"http://{_authority}/state", JsonSerializerOptions.Web, cancellation))!;

    /// <summary>Waits until the server has no session and every target is disposed. A connection may still be closing.</summary>
    /// <exception cref="OperationCanceledException">This did not happen in time.</exception>
    public async Task UntilAtRestAsync(CancellationToken cancellation)
    {
        while (await StateAsync(cancellation) is not { Sessions.Count: 0 } state || state.Disposed != state.Made)
        {
            await Task.Yield();
        }
    }

    /// <summary>Stops the process until it is resumed.</summary>
    public Task PauseAsync() => ProgramRun.SignalAsync("STOP", _node.Id);

    /// <summary>Resumes the process.</summary>
    public Task ResumeAsync() => ProgramRun.SignalAsync("CONT", _node.Id);

    /// <summary>Kills the server, so that its clients get no close.</summary>
    public void Kill() => _node.Kill();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _client.Dispose();
    }
}

/// <summary>State of a Node server.</summary>
/// <param name="Sessions">Table sizes of its WebSocket sessions.</param>
/// <param name="Made">Number of targets handed out, over all connections.</param>
/// <param name="Disposed">Number of these targets that are disposed.</param>
internal sealed record ServerState(IReadOnlyList<TableSizes> Sessions, int Made, int Disposed);

/// <summary>Table sizes of a session. At rest each is 1: the main object.</summary>
internal sealed record TableSizes(int Imports, int Exports);
