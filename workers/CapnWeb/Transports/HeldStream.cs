using System.Buffers;
using System.Runtime.CompilerServices;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The stream under a WebSocket: frames that are written while it is held leave with the first that is written afterwards,
/// in one write; several frames that arrive together are read together. The WebSocket writes one frame at a time, and so
/// everything here that writes is guarded by its own lock.
/// </summary>
internal sealed class HeldStream(Stream inner) : Stream
{
    // As Kestrel's and SocketsHttpHandler's own buffers: a WebSocket reads a header by itself, which is no reason for a system call.
    private const int ReadBytes = 16 * 1024;

    // Kept between writes, so that a session of ordinary messages rents nothing.
    private const int KeptBytes = 16 * 1024;

    private readonly byte[] _read = new byte[ReadBytes];
    private int _readStart;
    private int _readEnd;
    private byte[] _held = [];
    private int _heldBytes;
    private volatile bool _isHeld;
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

    private bool Waits => _isHeld && !_isEnding;

    /// <summary>Frames written from now on wait for the first one after <see cref="Release"/>.</summary>
    public void Hold() => _isHeld = true;

    /// <summary>The next frame takes those that wait with it.</summary>
    public void Release() => _isHeld = false;

    /// <summary>From now on every frame leaves at once, whoever holds: the last one must not wait for another.</summary>
    public void ReleaseForever() => _isEnding = true;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Waits)
        {
            Append(buffer.Span);
            return ValueTask.CompletedTask;
        }

        if (_heldBytes == 0)
        {
            return inner.WriteAsync(buffer, cancellationToken);
        }

        Append(buffer.Span);
        return WriteHeldAsync(cancellationToken);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        Waits ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_readStart < _readEnd)
        {
            return ValueTask.FromResult(TakeRead(buffer));
        }

        return buffer.Length >= ReadBytes ? inner.ReadAsync(buffer, cancellationToken) : FillAsync(buffer, cancellationToken);
    }

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
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> FillAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read = await inner.ReadAsync(_read, cancellationToken).ConfigureAwait(false);
        _readStart = 0;
        _readEnd = read;
        return TakeRead(buffer);
    }

    private int TakeRead(Memory<byte> buffer)
    {
        int taken = Math.Min(buffer.Length, _readEnd - _readStart);
        _read.AsSpan(_readStart, taken).CopyTo(buffer.Span);
        _readStart += taken;
        return taken;
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        int wanted = checked(_heldBytes + bytes.Length);
        if (wanted > _held.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, KeptBytes));
            _held.AsSpan(0, _heldBytes).CopyTo(larger);
            Return(_held);
            _held = larger;
        }

        bytes.CopyTo(_held.AsSpan(_heldBytes));
        _heldBytes = wanted;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WriteHeldAsync(CancellationToken cancellationToken)
    {
        await inner.WriteAsync(_held.AsMemory(0, _heldBytes), cancellationToken).ConfigureAwait(false);
        _heldBytes = 0;
        if (_held.Length > KeptBytes)
        {
            Return(_held);
            _held = [];
        }
    }

    private static void Return(byte[] array)
    {
        if (array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
