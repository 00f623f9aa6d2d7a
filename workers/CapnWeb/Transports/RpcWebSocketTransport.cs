using System.IO.Pipelines;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// A connection over a WebSocket: one text message a message of the session. Messages that are sent together leave in one
/// write of the socket where the connection was made by <see cref="ConnectAsync"/> or <c>MapCapnWeb</c>, and in one write
/// each over any other WebSocket.
/// </summary>
public sealed class RpcWebSocketTransport : IFramingTransport
{
    // The code by which the protocol ends a session.
    private const WebSocketCloseStatus SessionEnded = (WebSocketCloseStatus)3000;

    // RFC 6455, 5.5: a control frame holds 125 bytes, of which the code takes two.
    private const int MaxReasonBytes = 123;

    private readonly WebSocket _socket;
    private readonly FrameStream? _stream;
    private readonly FrameReader? _reader;
    private readonly RpcWebSocketOptions _options;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _receiving = Task.CompletedTask;
    private int _started;
    private int _closing;

    /// <summary>A connection over a WebSocket that is open. The transport owns it.</summary>
    public RpcWebSocketTransport(WebSocket socket, RpcWebSocketOptions? options = null)
        : this(socket, null, null, options ?? new())
    {
    }

    private RpcWebSocketTransport(WebSocket socket, FrameStream? stream, FrameReader? reader, RpcWebSocketOptions options) =>
        (_socket, _stream, _reader, _options) = (socket, stream, reader, options);

    /// <summary>Completes when the connection is over and its WebSocket given back. Never fails.</summary>
    public Task Completion => _closed.Task;

    int IFramingTransport.HeadBytes => _stream?.HeadBytes ?? 0;

    private bool IsClosing => Volatile.Read(ref _closing) != 0;

    /// <summary>Connects to a peer.</summary>
    /// <param name="address">Of the scheme ws, wss, http or https.</param>
    /// <param name="options">Null: all defaults.</param>
    /// <param name="http">Sends the request: the place for credentials, proxies and certificates. Null: one with the system's proxy and no cookies.</param>
    /// <param name="configure">Gets the request before it is sent, for headers of the application's.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="WebSocketException">The peer answers, but not by a WebSocket.</exception>
    /// <exception cref="HttpRequestException">The peer cannot be reached.</exception>
    public static async Task<RpcWebSocketTransport> ConnectAsync(
        Uri address,
        RpcWebSocketOptions? options = null,
        HttpMessageInvoker? http = null,
        Action<HttpRequestMessage>? configure = null,
        CancellationToken cancellationToken = default) =>
        FromStream(await WebSocketHandshake.ConnectAsync(address, http, configure, cancellationToken).ConfigureAwait(false), isServer: false, options ?? new());

    /// <summary>A connection over a stream whose handshake is done.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="isServer">Which end.</param>
    /// <param name="options">Its settings.</param>
    /// <param name="pipe">What the stream reads from; null where that is not known.</param>
    internal static RpcWebSocketTransport FromStream(Stream stream, bool isServer, RpcWebSocketOptions options, PipeReader? pipe = null)
    {
        var reader = new FrameReader(stream, pipe, isServer, options.MaxMessageSize);
        var frames = new FrameStream(stream, reader, isServer);
        WebSocket socket = WebSocket.CreateFromStream(frames, new WebSocketCreationOptions
        {
            IsServer = isServer,
            KeepAliveInterval = options.KeepAliveInterval,
            KeepAliveTimeout = options.KeepAliveTimeout,
        });
        return new RpcWebSocketTransport(socket, frames, reader, options);
    }

    /// <inheritdoc/>
    public void Start(IRpcReceiver receiver)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The transport has been started: it serves one session.");
        }

        _reader?.DeliverTo(receiver);
        _receiving = ReceiveAsync(receiver);
    }

    /// <inheritdoc/>
    public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken) =>
        _stream?.SendAsync(messages, cancellationToken) ?? SendEachAsync(messages, cancellationToken);

    /// <inheritdoc/>
    public ValueTask CloseAsync(Exception? reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _reader?.EndDelivery();
            _ = EndAsync(reason);
        }

        return new ValueTask(_closed.Task);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(null);

    /// <summary>A text cut to what a close frame can hold, between two characters.</summary>
    internal static string CutReason(string reason)
    {
        if (Encoding.UTF8.GetByteCount(reason) <= MaxReasonBytes)
        {
            return reason;
        }

        Span<byte> kept = stackalloc byte[MaxReasonBytes];
        Utf8.FromUtf16(reason, kept, out int read, out _);
        return reason[..read];
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendEachAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            await _socket.SendAsync(messages[i], WebSocketMessageType.Text, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task EndAsync(Exception? reason)
    {
        try
        {
            using var patience = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
            (WebSocketCloseStatus status, string? text) = CloseWith(reason);
            _stream?.EndMessages();
            // Behind what is being sent.
            await _socket.CloseOutputAsync(status, text, patience.Token).ConfigureAwait(false);
            // Until the peer's own close has come: a socket that is closed with bytes unread takes with it what was sent last.
            await _receiving.WaitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Out of patience, or there was no connection left to end.
            _socket.Abort();
        }
        finally
        {
            _socket.Dispose();
            _closed.SetResult();
        }
    }

    private (WebSocketCloseStatus Status, string? Text) CloseWith(Exception? reason) => (_socket.CloseStatus, reason) switch
    {
        // The peer closed first: its own code is the answer (RFC 6455, 5.5.1).
        ({ } theirs, _) => (theirs, null),
        (null, null) => (WebSocketCloseStatus.NormalClosure, null),
        (null, { } error) => (SessionEnded, CutReason(error.Message)),
    };

    /// <summary>Delivers messages until there is an end, and reads on without delivering until the peer's close.</summary>
    private async Task ReceiveAsync(IRpcReceiver receiver)
    {
        Exception error = await DeliverAsync(receiver).ConfigureAwait(false);
        _reader?.EndDelivery();
        if (!IsClosing)
        {
            receiver.Closed(error);
        }

        await DrainAsync().ConfigureAwait(false);
    }

    /// <returns>Why nothing more is delivered.</returns>
    private async Task<Exception> DeliverAsync(IRpcReceiver receiver)
    {
        var message = new IncomingMessage(_options.MaxMessageSize);
        bool isBehind = false;
        try
        {
            while (true)
            {
                ValueTask<ValueWebSocketReceiveResult> receive = _socket.ReceiveAsync(message.GetMemory(), CancellationToken.None);
                if (isBehind && !receive.IsCompleted && !IsClosing)
                {
                    receiver.ReceiveDone();
                    isBehind = false;
                }

                ValueWebSocketReceiveResult part = await receive.ConfigureAwait(false);
                if (part.MessageType != WebSocketMessageType.Text)
                {
                    return part.MessageType == WebSocketMessageType.Close ? PeerClosed() : new RpcProtocolException("A binary message: expected text messages only.", RpcErrorTypes.SyntaxError);
                }

                message.Advance(part.Count);
                if (part.EndOfMessage && !IsClosing)
                {
                    receiver.Receive(message.Bytes);
                    isBehind = true;
                }

                if (part.EndOfMessage)
                {
                    message.Clear();
                }
            }
        }
        catch (WebSocketException e)
        {
            return new RpcBrokenException($"WebSocket connection failed: {e.Message}", e);
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task DrainAsync()
    {
        byte[] ignored = new byte[4096];
        try
        {
            while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
            {
                await _socket.ReceiveAsync(ignored.AsMemory(), CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended otherwise than by a close.
        }
    }

    private RpcBrokenException PeerClosed() => new(FormattableString.Invariant(
        $"Peer closed WebSocket: {(int)_socket.CloseStatus.GetValueOrDefault(WebSocketCloseStatus.Empty)} {_socket.CloseStatusDescription}"));
}
