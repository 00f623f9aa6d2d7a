using System.Net.WebSockets;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>Shares one session with the runtime among all calls. If the session has ended, the next call opens a new session.</summary>
/// <param name="connect">The function that opens a transport to the runtime.</param>
internal sealed class CapnWebConnection(Func<CancellationToken, ValueTask<IRpcTransport>> connect) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private OpenSession? _session;
    private Traffic _closedTraffic;

    /// <summary>The number of bytes that all sessions so far have sent and received.</summary>
    public Traffic Traffic => Volatile.Read(ref _session) is { } latest ? Sum(_closedTraffic, latest.Session.Statistics) : _closedTraffic;

    /// <summary>Creates a connection that opens WebSockets to the runtime's address.</summary>
    public static CapnWebConnection ByWebSocket(Uri runtime)
    {
        var address = new Uri(runtime, CapnWebRuntime.Path);
        var http = new HttpMessageInvoker(SocketFetch.CreateHandler());
        return new CapnWebConnection(
            async cancellation => await RpcWebSocketTransport.ConnectAsync(address, http: http, cancellationToken: cancellation));
    }

    /// <summary>Returns the stub of the runtime. If no session is open, opens one before it returns.</summary>
    /// <exception cref="RuntimeUnreachableException">The connection to the runtime could not be opened.</exception>
    public ValueTask<IRuntimeRpc> RuntimeAsync(CancellationToken cancellation) =>
        Volatile.Read(ref _session) is { HasEnded: false } open ? new(open.Runtime) : ConnectAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_session is { } latest)
        {
            await latest.Session.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async ValueTask<IRuntimeRpc> ConnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_session is { HasEnded: false } open)
            {
                return open.Runtime;
            }

            IRpcTransport transport = await connect(cancellation);
            if (_session is { } ended)
            {
                _closedTraffic = Sum(_closedTraffic, ended.Session.Statistics);
                await ended.Session.DisposeAsync();
            }

            var session = new RpcSession(transport, options: CapnWebCaller.Options);
            Volatile.Write(ref _session, new OpenSession(session, session.GetMain<IRuntimeRpc>()));
            return _session.Runtime;
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

    private sealed record OpenSession(RpcSession Session, IRuntimeRpc Runtime)
    {
        public bool HasEnded => Session.Error is not null;
    }
}
