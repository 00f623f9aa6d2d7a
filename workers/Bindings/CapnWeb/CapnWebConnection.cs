using System.Net.WebSockets;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>A session with the runtime that all calls share. Where it has ended, the next call opens another.</summary>
/// <param name="connect">Opens a connection.</param>
internal sealed class CapnWebConnection(Func<CancellationToken, ValueTask<IRpcTransport>> connect) : IAsyncDisposable
{
    private readonly SemaphoreSlim _connecting = new(1);
    private Opened? _opened;
    private Traffic _before;

    /// <summary>What all sessions so far have moved.</summary>
    public Traffic Traffic => Volatile.Read(ref _opened) is { } opened ? Sum(_before, opened.Session.Statistics) : _before;

    /// <summary>A connection by WebSocket to the runtime at an address.</summary>
    public static CapnWebConnection ByWebSocket(Uri runtime)
    {
        var address = new Uri(runtime, CapnWebRuntime.Path);
        var http = new HttpMessageInvoker(SocketFetch.CreateHandler());
        return new CapnWebConnection(async cancellation => await RpcWebSocketTransport.ConnectAsync(address, http: http, cancellationToken: cancellation));
    }

    /// <summary>The runtime, connected.</summary>
    /// <exception cref="RuntimeUnreachableException">It cannot be reached.</exception>
    public ValueTask<IRuntimeRpc> RuntimeAsync(CancellationToken cancellation) =>
        Volatile.Read(ref _opened) is { IsOver: false } open ? new(open.Runtime) : ConnectAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        if (_opened is { } opened)
        {
            await opened.Session.DisposeAsync();
        }

        _connecting.Dispose();
    }

    private async ValueTask<IRuntimeRpc> ConnectAsync(CancellationToken cancellation)
    {
        await _connecting.WaitAsync(cancellation);
        try
        {
            if (_opened is { IsOver: false } open)
            {
                return open.Runtime;
            }

            IRpcTransport transport = await connect(cancellation);
            if (_opened is { } over)
            {
                _before = Sum(_before, over.Session.Statistics);
                await over.Session.DisposeAsync();
            }

            var session = new RpcSession(transport, options: CapnWebCaller.Options);
            Volatile.Write(ref _opened, new Opened(session, session.GetMain<IRuntimeRpc>()));
            return _opened.Runtime;
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

    private sealed record Opened(RpcSession Session, IRuntimeRpc Runtime)
    {
        public bool IsOver => Session.Error is not null;
    }
}
