using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The stream under a WebSocket. Messages that are sent together leave as frames in one write, beside the WebSocket's own
/// control frames.
/// </summary>
/// <param name="inner">The connection, after its handshake. Disposed with this.</param>
/// <param name="reader">What arrives.</param>
/// <param name="isServer">Whether this is the end whose frames are not masked.</param>
internal sealed class FrameStream(Stream inner, FrameReader reader, bool isServer) : Stream
{
    // Kept between writes, so that a session of ordinary messages rents nothing.
    private const int KeptBytes = 16 * 1024;

    private readonly SemaphoreSlim _writing = new(1);
    private readonly FrameWriter _frames = new(isServer);
    private byte[] _written = [];
    private volatile bool _isEnding;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>What is to be left free before each message: a client's are copied as they are masked, and need none.</summary>
    public int HeadBytes => isServer ? FrameHead.MaxBytes : 0;

    /// <summary>From now on messages are dropped: the close frame is the last.</summary>
    public void EndMessages() => _isEnding = true;

    /// <summary>Sends messages in one write, a text frame each.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isEnding)
            {
                await inner.WriteAsync(Frame(messages), cancellationToken).ConfigureAwait(false);
                await inner.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            if (_written.Length > KeptBytes)
            {
                GiveBack();
            }

            _writing.Release();
        }
    }

    /// <summary>Takes a whole frame of the WebSocket's own.</summary>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        reader.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            reader.End();
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private ReadOnlyMemory<byte> Frame(RpcMessages messages)
    {
        if (messages.Count == 1 && messages.HeadBytes > 0)
        {
            return FrameInPlace(messages);
        }

        int wanted = messages.Bytes.Length + (FrameHead.MaxBytes * messages.Count);
        if (wanted > _written.Length)
        {
            GiveBack();
            _written = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, KeptBytes));
        }

        int length = 0;
        for (int i = 0; i < messages.Count; i++)
        {
            length += _frames.WriteText(messages[i].Span, _written.AsSpan(length));
        }

        return _written.AsMemory(0, length);
    }

    // The head is written where room was left for it.
    private static ReadOnlyMemory<byte> FrameInPlace(RpcMessages messages)
    {
        Span<byte> head = stackalloc byte[FrameHead.MaxBytes];
        int headBytes = FrameHead.WriteText(messages[0].Length, isMasked: false, head);
        int start = messages.HeadBytes - headBytes;
        head[..headBytes].CopyTo(MemoryMarshal.AsMemory(messages.Bytes).Span[start..]);
        return messages.Bytes[start..];
    }

    private void GiveBack()
    {
        if (_written.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_written);
            _written = [];
        }
    }
}
