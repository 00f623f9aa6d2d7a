using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>A client and a server that are connected in memory.</summary>
internal sealed class Pair : IAsyncDisposable
{
    // The table sizes of a session that holds only the main objects.
    private static readonly (int Imports, int Exports, int Calls, long HeldBytes) s_empty = (1, 1, 0, 0);

    public Pair(
        object main,
        RpcContract contract,
        RpcSessionOptions? client = null,
        RpcSessionOptions? server = null,
        object? clientMain = null,
        RpcContract? clientContract = null)
    {
        (RpcMemoryTransport near, RpcMemoryTransport far) = RpcMemoryTransport.CreatePair();
        Server = new RpcSession(far, main, contract, server);
        Client = new RpcSession(near, clientMain, clientContract, client);
    }

    public RpcSession Client { get; }

    public RpcSession Server { get; }

    public RpcStub Main => Client.Main;

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await Server.DisposeAsync();
    }

    /// <summary>Flushes both sides until neither sends anything more.</summary>
    public async Task SettleAsync()
    {
        long sent;
        do
        {
            sent = Client.Statistics.MessagesSent + Server.Statistics.MessagesSent;
            await Client.FlushAsync();
            await Server.FlushAsync();
        }
        while (sent != Client.Statistics.MessagesSent + Server.Statistics.MessagesSent);
    }

    public async Task AssertEmptyAsync()
    {
        const int Turns = 100_000;
        await SettleAsync();
        // Cleanup may lag: a cancelled call waits for its method to return, and a relay for the end of its other session.
        for (int i = 0; i < Turns && !(IsEmpty(Client) && IsEmpty(Server)); i++)
        {
            await Task.Yield();
            await SettleAsync();
        }

        Assert.Equal(s_empty, TableSizes(Client));
        Assert.Equal(s_empty, TableSizes(Server));
    }

    private static bool IsEmpty(RpcSession session) => TableSizes(session) == s_empty;

    private static (int Imports, int Exports, int Calls, long HeldBytes) TableSizes(RpcSession session)
    {
        RpcStatistics held = session.Statistics;
        return (held.Imports, held.Exports, held.CallsInFlight, held.HeldBytes);
    }
}
