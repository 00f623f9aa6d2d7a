using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.Tests.CapnWeb.Node;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>This library's client, connected to the npm package's server by WebSocket.</summary>
internal sealed class ToJavaScript : IAsyncDisposable
{
    private ToJavaScript(NodeServer server, RpcSession session)
    {
        (Server, Session) = (server, session);
        Stub = (InteropStub)session.GetMain<IInterop>();
    }

    public NodeServer Server { get; }

    public RpcSession Session { get; }

    /// <summary>The main object for pipelined calls.</summary>
    public InteropStub Stub { get; }

    /// <summary>The main object for plain calls.</summary>
    public IInterop Main => Stub;

    public static async Task<ToJavaScript> ConnectAsync(NodeServer server) => new(
        server,
        new RpcSession(await RpcWebSocketTransport.ConnectAsync(
            server.WebSocket, cancellationToken: TestContext.Current.CancellationToken)));

    /// <summary>Asserts that only the main objects are left in the tables of both ends.</summary>
    public async Task AssertIdleAsync()
    {
        // After one round trip, both ends have received all releases.
        await Main.SquareAsync(1);
        Assert.Equal((1, 1), (Session.Statistics.Imports, Session.Statistics.Exports));
        Assert.Equal(Tables.Idle, await Main.TablesAsync());
    }

    public ValueTask DisposeAsync() => Session.DisposeAsync();
}
