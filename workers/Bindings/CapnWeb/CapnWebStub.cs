using System.Net.WebSockets;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>
/// The caller's half over a connection that stays: any number of calls in flight over one session. Where it has ended, the
/// next call opens another.
/// </summary>
/// <param name="connect">Opens a connection.</param>
internal sealed class CapnWebStub(Func<CancellationToken, ValueTask<IRpcTransport>> connect) : IRuntimeStub
{
    private readonly SemaphoreSlim _connecting = new(1);
    private Connection? _connection;
    private Traffic _ended;

    public Traffic Traffic => Volatile.Read(ref _connection) is { } connection ? Sum(_ended, connection.Session.Statistics) : _ended;

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        Connection connection = Volatile.Read(ref _connection) is { IsOver: false } open ? open : await ConnectAsync(cancellation);
        try
        {
            return await CapnWebCaller.CallAsync(connection.Runtime, function, request, cancellation);
        }
        catch (RpcException e)
        {
            throw CapnWebErrors.ToCaller(e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.Session.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async Task<Connection> ConnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_connection is { IsOver: false } open)
            {
                return open;
            }

            IRpcTransport transport = await connect(cancellation);
            if (_connection is { } over)
            {
                _ended = Sum(_ended, over.Session.Statistics);
                await over.Session.DisposeAsync();
            }

            var session = new RpcSession(transport, options: CapnWebCaller.Options);
            return _connection = new Connection(session, session.GetMain<IRuntimeRpc>());
        }
        catch (Exception e) when (e is HttpRequestException or WebSocketException or IOException)
        {
            throw new RuntimeUnreachableException($"The runtime cannot be reached: {e.Message}", e);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private static Traffic Sum(Traffic traffic, RpcStatistics statistics) =>
        new(traffic.SentBytes + statistics.BytesSent, traffic.ReceivedBytes + statistics.BytesReceived);

    private sealed record Connection(RpcSession Session, IRuntimeRpc Runtime)
    {
        public bool IsOver => Session.Error is not null;
    }
}
