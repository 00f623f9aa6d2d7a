using System.Net;
using System.Net.Sockets;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>Measures only a socket: a whole message with a length prefix is sent, echoed and received.</summary>
public abstract class SocketReference : Reference
{
    private protected abstract EndPoint NewEndPoint();

    private protected abstract bool Blocks { get; }

    /// <inheritdoc/>
    public sealed override IRuntimeStub Connect(IRuntimeHost host) => new Stub(NewEndPoint(), Blocks);

    private sealed class Stub : MovingStub
    {
        private static readonly TimeSpan s_receiveTimeout = TimeSpan.FromSeconds(30);

        private readonly Socket _listener;
        private readonly Socket _caller;
        private readonly Socket _runtime;
        private readonly string? _file;
        private readonly bool _blocks;

        public Stub(EndPoint end, bool blocks)
        {
            _blocks = blocks;
            _file = end is UnixDomainSocketEndPoint ? end.ToString() : null;
            _listener = NewSocket(end);
            _listener.Bind(end);
            _listener.Listen(1);
            _caller = NewSocket(end);
            _caller.Connect(_listener.LocalEndPoint!);
            _runtime = _listener.Accept();
            foreach (Socket socket in new[] { _caller, _runtime }.Where(socket => socket.ProtocolType == ProtocolType.Tcp))
            {
                socket.NoDelay = true;
            }

            // A blocking read cannot be cancelled, so the socket has a timeout for reads.
            _caller.ReceiveTimeout = (int)s_receiveTimeout.TotalMilliseconds;
            if (blocks)
            {
                new Thread(EchoBlocking) { IsBackground = true, Name = "socket reference" }.Start();
            }
            else
            {
                _ = Task.Run(EchoAsync);
            }
        }

        public override ValueTask DisposeAsync()
        {
            _caller.Dispose();
            _runtime.Dispose();
            _listener.Dispose();
            if (_file is not null)
            {
                File.Delete(_file);
            }

            return ValueTask.CompletedTask;
        }

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            Memory<byte> back = BufferFor(message.Length);
            return _blocks ? new(MoveBlocking(message.Span, back)) : MoveAsync(message, back, cancellation);
        }

        private static Socket NewSocket(EndPoint end) => new(
            end.AddressFamily, SocketType.Stream, end.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp);

        private Memory<byte> MoveBlocking(ReadOnlySpan<byte> message, Memory<byte> back)
        {
            Send(_caller, message);
            for (int received = 0; received < back.Length;)
            {
                received += ThrowIfClosed(_caller.Receive(back.Span[received..]));
            }

            return back;
        }

        private async ValueTask<ReadOnlyMemory<byte>> MoveAsync(
            ReadOnlyMemory<byte> message, Memory<byte> back, CancellationToken cancellation)
        {
            await SendAsync(_caller, message, cancellation);
            for (int received = 0; received < back.Length;)
            {
                received += ThrowIfClosed(await _caller.ReceiveAsync(back[received..], cancellation));
            }

            return back;
        }

        private void EchoBlocking()
        {
            using ByteBuffer received = ByteBuffer.Rent();
            try
            {
                while (true)
                {
                    received.Advance(ThrowIfClosed(_runtime.Receive(received.GetSpan())));
                    if (IsComplete(received.Written.Span))
                    {
                        Send(_runtime, received.Written.Span);
                        received.Clear();
                    }
                }
            }
            catch (Exception e) when (IsEnd(e))
            {
            }
        }

        private async Task EchoAsync()
        {
            using ByteBuffer received = ByteBuffer.Rent();
            try
            {
                while (true)
                {
                    received.Advance(ThrowIfClosed(await _runtime.ReceiveAsync(received.GetMemory())));
                    if (IsComplete(received.Written.Span))
                    {
                        await SendAsync(_runtime, received.Written, CancellationToken.None);
                        received.Clear();
                    }
                }
            }
            catch (Exception e) when (IsEnd(e))
            {
            }
        }

        private static bool IsEnd(Exception e) => e is SocketException or ObjectDisposedException or RuntimeUnreachableException;

        private static bool IsComplete(ReadOnlySpan<byte> received) => received.Length >= LengthPrefixed.TotalBytes(received);

        private static void Send(Socket socket, ReadOnlySpan<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[socket.Send(bytes)..];
            }
        }

        private static async ValueTask SendAsync(Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, cancellation)..];
            }
        }

        private static int ThrowIfClosed(int received) =>
            received > 0 ? received : throw new RuntimeUnreachableException("The other end of the socket is closed.");
    }
}

/// <summary>Measures TCP over loopback with asynchronous sockets at both ends, as .NET's servers and clients use them.</summary>
public sealed class TcpReference : SocketReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Tcp;

    /// <inheritdoc/>
    public override string Settings => "bare TCP over loopback, asynchronous sockets, the request's JSON bytes echoed";

    private protected override bool Blocks => false;

    private protected override EndPoint NewEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);
}

/// <summary>Measures TCP over loopback with a blocking thread at each end.</summary>
public sealed class TcpBlockingReference : SocketReference
{
    /// <inheritdoc/>
    public override string Id => "tcp-floor-blocking";

    /// <inheritdoc/>
    public override string Settings => "bare TCP over loopback, a blocking thread at either end, the request's JSON bytes echoed";

    private protected override bool Blocks => true;

    private protected override EndPoint NewEndPoint() => new IPEndPoint(IPAddress.Loopback, 0);
}

/// <summary>Measures a Unix domain socket with asynchronous reads and writes at both ends.</summary>
public sealed class UnixReference : SocketReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Unix;

    /// <inheritdoc/>
    public override string Settings => "bare Unix domain socket, asynchronous, the request's JSON bytes echoed";

    private protected override bool Blocks => false;

    private protected override EndPoint NewEndPoint() =>
        new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"reference-{Guid.NewGuid():N}.sock"));
}
