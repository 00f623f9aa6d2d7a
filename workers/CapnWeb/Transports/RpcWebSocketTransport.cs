using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Unicode;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// A connection over a WebSocket. Each message of the session is one text message. If <see cref="ConnectAsync"/> or <c>MapCapnWeb</c> made
/// the connection, messages that are sent together use one write of the socket. Over any other WebSocket, each message uses its own write.
/// </summary>
public sealed class RpcWebSocketTransport : IRpcTransport
{
    // The close code that the protocol defines for a session that ended with an error.
    private const WebSocketCloseStatus SessionEnded = (WebSocketCloseStatus)3000;

    // The maximum length of the close reason, in bytes. A control frame contains at most 125 bytes (RFC 6455, 5.5), and the close code
    // takes two of them.
    private const int MaxReasonBytes = 123;

    // The most bytes that a UTF-16 code unit takes in UTF-8.
    private const int MaxUnitBytes = 3;

    // A longer message is sent in fragments of this length. The answer to a ping can then leave between two of them.
    private const int MaxFragmentBytes = 128 * 1024;

    private static readonly Lazy<HttpMessageInvoker> s_http = new(() => new HttpMessageInvoker(new SocketsHttpHandler
    {
        UseCookies = false,
        AllowAutoRedirect = false,
    }));

    private readonly WebSocket _socket;
    private readonly WatchedStream? _stream;
    private readonly RpcWebSocketOptions _options;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _readToEnd = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IRpcReceiver? _receiver;
    private MessageDelivery? _delivery;
    private RpcBrokenException? _silence;
    private WebSocketCloseStatus _endedWith = SessionEnded;
    private int _started;
    private int _closing;

    /// <summary>
    /// Creates a transport over an open WebSocket and takes ownership of it. Of the options, it uses
    /// <see cref="RpcWebSocketOptions.CloseTimeout"/> but not the keep-alive times, because the WebSocket has its own.
    /// </summary>
    public RpcWebSocketTransport(WebSocket socket, RpcWebSocketOptions? options = null)
        : this(socket, null, options ?? new())
    {
    }

    /// <summary>Creates a transport over an open WebSocket.</summary>
    /// <param name="socket">The WebSocket. The transport owns it.</param>
    /// <param name="stream">The stream under the WebSocket. It is null if it is unknown.</param>
    /// <param name="options">The settings.</param>
    internal RpcWebSocketTransport(WebSocket socket, WatchedStream? stream, RpcWebSocketOptions options) =>
        (_socket, _stream, _options) = (socket, stream, options);

    /// <summary>A task that completes when the connection has ended and its WebSocket is disposed. The task never fails.</summary>
    public Task Completion => _closed.Task;

    /// <summary>
    /// Whether the connection was lost or its peer did not close it in time. The value is final after <see cref="Completion"/>.
    /// </summary>
    internal bool IsAborted { get; private set; }

    /// <summary>Whether the transport reads nothing before <see cref="Read"/> is called. The default is false.</summary>
    internal bool ReadsLater { get; init; }

    private bool IsClosing => Volatile.Read(ref _closing) != 0;

    /// <summary>Connects to a peer.</summary>
    /// <param name="address">The address of the peer, with scheme ws, wss, http or https.</param>
    /// <param name="options">The settings. If it is null, the defaults apply.</param>
    /// <param name="http">
    /// The sender of the request, which has credentials, proxy and certificates. If it is null, a sender with the system's proxy and
    /// without cookies is used.
    /// </param>
    /// <param name="configure">A function that changes the request before it is sent, for example adds headers.</param>
    /// <param name="cancellationToken">A token that cancels the attempt.</param>
    /// <exception cref="WebSocketException">The peer refused the WebSocket.</exception>
    /// <exception cref="HttpRequestException">The peer cannot be reached.</exception>
    public static async Task<RpcWebSocketTransport> ConnectAsync(
        Uri address,
        RpcWebSocketOptions? options = null,
        HttpMessageInvoker? http = null,
        Action<HttpRequestMessage>? configure = null,
        CancellationToken cancellationToken = default)
    {
        RpcWebSocketOptions settings = options ?? new();
        using var request = new WatchedRequest(http ?? s_http.Value, configure, settings);
        using var sender = new HttpMessageInvoker(request);
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = settings.PingInterval;
        socket.Options.KeepAliveTimeout = RpcWebSocketOptions.PongTimeout;
        try
        {
            await socket.ConnectAsync(WebSocketAddress(address), sender, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException e) when (e.InnerException is HttpRequestException unreachable)
        {
            ExceptionDispatchInfo.Throw(unreachable);
        }

        return new RpcWebSocketTransport(socket, request.Stream, settings);
    }

    /// <inheritdoc/>
    public void Start(IRpcReceiver receiver)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("The transport has been started: it serves one session.");
        }

        _receiver = receiver;
        if (!ReadsLater)
        {
            Read();
        }
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        if (IsClosing)
        {
            return;
        }

        try
        {
            for (int i = 0; i < messages.Count; i++)
            {
                _stream?.SetJoining(i < messages.Count - 1);
                ReadOnlyMemory<byte> rest = messages[i];
                for (; rest.Length > MaxFragmentBytes; rest = rest[MaxFragmentBytes..])
                {
                    await _socket
                        .SendAsync(rest[..MaxFragmentBytes], WebSocketMessageType.Text, endOfMessage: false, cancellationToken)
                        .ConfigureAwait(false);
                }

                await _socket
                    .SendAsync(rest, WebSocketMessageType.Text, endOfMessage: true, cancellationToken)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            _stream?.SetJoining(false);
            throw ReasonOf(e);
        }
    }

    /// <inheritdoc/>
    public ValueTask CloseAsync(Exception? reason)
    {
        if (Interlocked.Exchange(ref _closing, 1) == 0)
        {
            _ = EndAsync(reason);
        }

        return new ValueTask(_closed.Task);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync(null);

    /// <summary>Shortens a text so that it fits in a close frame, without splitting a character.</summary>
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

    /// <summary>Starts to read the messages of a started transport. Call it once, if <see cref="ReadsLater"/> is true.</summary>
    internal void Read()
    {
        if (IsClosing)
        {
            return;
        }

        _delivery = new MessageDelivery(_receiver!, _options.TimeProvider, () => IsClosing, loop => _ = ReadAsync(loop));
        _stream?.StartWatch(EndSilent);
        _ = ReadAsync(MessageDelivery.FirstLoop);
    }

    private static Uri WebSocketAddress(Uri address)
    {
        string scheme = address.Scheme switch
        {
            "http" => Uri.UriSchemeWs,
            "https" => Uri.UriSchemeWss,
            "ws" or "wss" => address.Scheme,
            _ => throw new ArgumentException(
                $"'{address}': expected an address that begins with ws:, wss:, http: or https:.", nameof(address)),
        };
        return new UriBuilder(address) { Scheme = scheme, Port = address.IsDefaultPort ? -1 : address.Port }.Uri;
    }

    private async Task EndAsync(Exception? reason)
    {
        try
        {
            using var timeout = new CancellationTokenSource(_options.CloseTimeout, _options.TimeProvider);
            (WebSocketCloseStatus status, string? text) = CloseWith(reason);
            // Waits for a send in progress.
            await _socket.CloseOutputAsync(status, text, timeout.Token).ConfigureAwait(false);
            // Waits for the peer's close. If a socket is closed with unread bytes, the bytes that it sent last may be lost.
            await (_delivery is null ? Task.CompletedTask : _readToEnd.Task).WaitAsync(timeout.Token).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // The timeout has passed, or the connection is already lost. So the socket is aborted.
            IsAborted = true;
            _socket.Abort();
        }
        finally
        {
            _delivery?.Dispose();
            _socket.Dispose();
            _closed.SetResult();
        }
    }

    private (WebSocketCloseStatus Status, string? Text) CloseWith(Exception? reason) => (_socket.CloseStatus, reason) switch
    {
        // The peer closed first. Its code is sent back to it (RFC 6455, 5.5.1).
        ({ } theirs, _) => (theirs, null),
        (null, null) => (WebSocketCloseStatus.NormalClosure, null),
        (null, RpcException error) => (_endedWith, CutReason(error.Message)),
        // The message of another exception is not for the peer.
        _ => (_endedWith, "The session failed."),
    };

    /// <summary>
    /// Delivers messages until the connection fails or the peer closes it. After an error it reads and drops bytes until the peer's close.
    /// If a message blocks this loop, a newer loop reads instead.
    /// </summary>
    private async Task ReadAsync(int loop)
    {
        if (await DeliverAsync(_delivery!, loop).ConfigureAwait(false) is { } reason)
        {
            _delivery!.End(reason, loop);
            if (_delivery.IsReading(loop))
            {
                await DropUntilCloseAsync().ConfigureAwait(false);
                _readToEnd.SetResult();
            }
        }
    }

    /// <returns>The reason why delivery ended. It is null if a newer loop reads.</returns>
    private async Task<Exception?> DeliverAsync(MessageDelivery delivery, int loop)
    {
        using var message = new IncomingMessage(_options.MaxMessageSize);
        bool isTooLong = false;
        _stream?.SetFrameLimit(MaxUnitBytes * (ulong)_options.MaxMessageSize, EndTooLong);
        try
        {
            while (true)
            {
                Memory<byte> room = message.GetMemory();
                _stream?.SetMessageBuffer(room);
                ValueTask<ValueWebSocketReceiveResult> receive = _socket.ReceiveAsync(room, CancellationToken.None);
                if (!receive.IsCompleted)
                {
                    delivery.SendAnswers();
                    _stream?.SetReceiving(true);
                }

                ValueWebSocketReceiveResult part = await receive.ConfigureAwait(false);
                _stream?.SetReceiving(false);
                if (part.MessageType != WebSocketMessageType.Text)
                {
                    return part.MessageType == WebSocketMessageType.Close
                        ? PeerClosed()
                        : new RpcProtocolException("A binary message: expected text messages only.", RpcErrorTypes.SyntaxError);
                }

                if (isTooLong)
                {
                    message.Clear();
                    continue;
                }

                if (!message.TryAdvance(part.Count))
                {
                    _endedWith = WebSocketCloseStatus.MessageTooBig;
                    return message.TooLong();
                }

                if (part.EndOfMessage)
                {
                    if (!delivery.Deliver(message.Bytes, loop))
                    {
                        return null;
                    }

                    message.Clear();
                    await delivery.RoomAsync().ConfigureAwait(false);
                }
            }
        }
        catch (Exception e)
        {
            return ReasonOf(e);
        }

        // The announced frame cannot fit. The loop reads and drops its bytes until the connection ends.
        void EndTooLong()
        {
            isTooLong = true;
            _endedWith = WebSocketCloseStatus.MessageTooBig;
            delivery.End(message.TooLong(), loop);
        }
    }

    /// <summary>Returns the error to report for a failed send or receive.</summary>
    private Exception ReasonOf(Exception error) => (Volatile.Read(ref _silence), error) switch
    {
        ({ } silence, _) => silence,
        (null, WebSocketException) => new RpcBrokenException($"WebSocket connection failed: {error.Message}", error),
        _ => error,
    };

    private void EndSilent()
    {
        var silence = new RpcBrokenException(
            FormattableString.Invariant($"The peer is silent: no byte came or went for {_options.KeepAliveTimeout.TotalSeconds} s."));
        Volatile.Write(ref _silence, silence);
        _socket.Abort();
        // The reading loop may wait for a write that never ends, so it cannot report the end.
        _delivery!.End(silence, MessageDelivery.NoLoop);
    }

    private async Task DropUntilCloseAsync()
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
            // The connection ended without a close message, so there is nothing left to drop.
        }
    }

    private RpcBrokenException PeerClosed()
    {
        var status = (int)_socket.CloseStatus.GetValueOrDefault(WebSocketCloseStatus.Empty);
        return new(FormattableString.Invariant($"Peer closed WebSocket: {status} {_socket.CloseStatusDescription}"));
    }
}
