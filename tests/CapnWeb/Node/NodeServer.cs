using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using WorkerRpc.Tests.Commands;

namespace WorkerRpc.Tests.CapnWeb.Node;

/// <summary>The interop target served by the npm package.</summary>
internal sealed class NodeServer : IAsyncDisposable
{
    private readonly NodePeer _node;
    private readonly string _authority;
    private readonly HttpClient _client = new();

    private NodeServer(NodePeer node, int port) => (_node, _authority) = (node, string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"));

    public Uri WebSocket => new($"ws://{_authority}/rpc");

    public Uri Batch => new($"http://{_authority}/rpc");

    public static async Task<NodeServer> StartAsync()
    {
        NodePeer node = await NodePeer.StartAsync("server.mjs");
        return new NodeServer(node, (await node.ReadAsync()).GetProperty("port").GetInt32());
    }

    /// <summary>What it holds, as it tells beside the protocol.</summary>
    public async Task<ServerState> StateAsync(CancellationToken cancellation) =>
        (await _client.GetFromJsonAsync<ServerState>($"http://{_authority}/state", JsonSerializerOptions.Web, cancellation))!;

    /// <summary>Waits until it has no session, and has disposed of all that was handed out: the end of a connection may be on its way still.</summary>
    /// <exception cref="OperationCanceledException">It never did.</exception>
    public async Task UntilAtRestAsync(CancellationToken cancellation)
    {
        while (await StateAsync(cancellation) is not { Sessions.Count: 0 } state || state.Disposed != state.Made)
        {
            await Task.Yield();
        }
    }

    /// <summary>Has it do nothing until it is resumed.</summary>
    public Task PauseAsync() => ProgramRun.SignalAsync("STOP", _node.Id);

    /// <summary>Has it go on.</summary>
    public Task ResumeAsync() => ProgramRun.SignalAsync("CONT", _node.Id);

    /// <summary>Has it die, without a word to its clients.</summary>
    public void Kill() => _node.Kill();

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        _client.Dispose();
    }
}

/// <summary>What a Node server holds.</summary>
/// <param name="Sessions">The tables of its WebSocket sessions.</param>
/// <param name="Made">Targets that were handed out, over all connections.</param>
/// <param name="Disposed">Those of them that were disposed of.</param>
internal sealed record ServerState(IReadOnlyList<TableSizes> Sessions, int Made, int Disposed);

/// <summary>How many entries a session's tables have; one each at rest, the main objects'.</summary>
internal sealed record TableSizes(int Imports, int Exports);
