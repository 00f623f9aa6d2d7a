using System.Buffers;
using System.IO.Pipelines;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Unicode;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>
/// The frames that arrive under a WebSocket (RFC 6455, 5.2). A whole text message in one frame goes to the receiver from the
/// buffer that it was read into. Every other frame, and all that is wrong with one, is left to the WebSocket.
/// </summary>
/// <param name="stream">Where from.</param>
/// <param name="pipe">Where from instead of <paramref name="stream"/>; null where the stream has no pipe under it.</param>
/// <param name="isServer">Whether this is the end whose frames arrive masked.</param>
/// <param name="maxMessageSize">The longest message that is delivered from here, in bytes.</param>
internal sealed class FrameReader(Stream stream, PipeReader? pipe, bool isServer, int maxMessageSize)
{
    private const int SmallestBytes = 16 * 1024;

    // What is longer goes through the WebSocket, so that no connection keeps more than 1 MiB.
    private const int MaxPlainBytes = (1 << 20) - FrameHead.MaxBytes;

    // So much is unmasked while the rest arrives.
    private const int MaxWaitBytes = 64 * 1024;

    private readonly int _maxPlainBytes = Math.Min(maxMessageSize, MaxPlainBytes);
    private byte[] _bytes = [];
    private int _start;
    private int _end;

    // Of the frame that the WebSocket gets: what it has not been given yet.
    private long _passing;

    // Of the frame that is arriving: what stands unmasked already, in whole keys, and whether that is ASCII.
    private int _unmasked;
    private bool _isAscii = true;
    private bool _isInFragments;
    private bool _isBehind;
    private IRpcReceiver? _receiver;
    private volatile bool _isOver;

    private ReadOnlySpan<byte> Arrived => _bytes.AsSpan(_start, _end - _start);

    /// <summary>Whole messages go to a receiver from now on.</summary>
    public void DeliverTo(IRpcReceiver receiver) => Volatile.Write(ref _receiver, receiver);

    /// <summary>Whole messages are dropped from now on.</summary>
    public void EndDelivery() => Volatile.Write(ref _receiver, null);

    /// <summary>Ends a read that waits.</summary>
    public void End()
    {
        _isOver = true;
        pipe?.CancelPendingRead();
    }

    /// <summary>Reads for the WebSocket, and delivers what arrives before that.</summary>
    /// <returns>The bytes that were read; 0 at the end.</returns>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        while (_passing == 0)
        {
            int wanted = TakePlainMessages();
            if (_passing == 0 && !await FillAsync(wanted, cancellation).ConfigureAwait(false))
            {
                return 0;
            }
        }

        if (_passing > 0 && _start == _end && !await FillAsync(1, cancellation).ConfigureAwait(false))
        {
            return 0;
        }

        int taken = (int)Math.Min(Math.Min(_passing, buffer.Length), _end - _start);
        _bytes.AsSpan(_start, taken).CopyTo(buffer.Span);
        _start += taken;
        _passing -= taken;
        return taken;
    }

    /// <returns>How many bytes the next frame needs to go on; nothing where the WebSocket gets it.</returns>
    private int TakePlainMessages()
    {
        int needed;
        while (FrameHead.TryRead(Arrived, out FrameHead head, out needed))
        {
            if (!IsPlain(head))
            {
                Pass(head);
                return 0;
            }

            int length = head.Bytes + (int)head.PayloadBytes;
            Memory<byte> payload = _bytes.AsMemory(_start, Math.Min(Arrived.Length, length))[head.Bytes..];
            Unmask(payload.Span, head);
            if (payload.Length < head.PayloadBytes)
            {
                return length;
            }

            if (!IsText(payload.Span, head))
            {
                Pass(head);
                return 0;
            }

            _start += length;
            Deliver(payload);
        }

        return needed;
    }

    private bool IsPlain(FrameHead head) =>
        head.IsWholeText && !_isInFragments && head.IsMasked == isServer && head.PayloadBytes >= 0 && head.PayloadBytes <= _maxPlainBytes;

    private void Pass(FrameHead head)
    {
        // One of no possible length is the WebSocket's to refuse, and the last that it reads.
        _passing = head.PayloadBytes < 0 ? long.MaxValue : head.Bytes + head.PayloadBytes;
        _isInFragments = head.LeavesFragments(_isInFragments);
    }

    /// <summary>Unmasks what has arrived of a frame, while the rest of it is on its way.</summary>
    private void Unmask(Span<byte> payload, FrameHead head)
    {
        if (!head.IsMasked)
        {
            return;
        }

        // In whole keys, but for the last.
        int until = payload.Length == head.PayloadBytes ? payload.Length : payload.Length / FrameHead.KeyBytes * FrameHead.KeyBytes;
        Span<byte> part = payload[_unmasked..until];
        _isAscii &= FrameMask.Apply(part, part, head.KeyIn(Arrived));
        _unmasked = until;
    }

    /// <summary>Whether a payload that is all there is UTF-8; where it is not, it is left as it arrived.</summary>
    private bool IsText(Span<byte> payload, FrameHead head)
    {
        bool isText = (head.IsMasked && _isAscii) || Utf8.IsValid(payload);
        (_unmasked, _isAscii) = (0, true);
        if (!isText && head.IsMasked)
        {
            FrameMask.Apply(payload, payload, head.KeyIn(Arrived));
        }

        return isText;
    }

    private void Deliver(ReadOnlyMemory<byte> message)
    {
        if (Volatile.Read(ref _receiver) is { } receiver)
        {
            receiver.Receive(message);
            _isBehind = true;
        }
    }

    /// <summary>Waits until so many bytes have arrived, or some of them.</summary>
    /// <returns>False at the end.</returns>
    private ValueTask<bool> FillAsync(int wanted, CancellationToken cancellation)
    {
        MakeRoom(wanted);
        return pipe is null ? FromStreamAsync(cancellation) : FromPipeAsync(pipe, Math.Min(wanted - (_end - _start), Math.Min(_bytes.Length - _end, MaxWaitBytes)), cancellation);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FromStreamAsync(CancellationToken cancellation)
    {
        ValueTask<int> reading = stream.ReadAsync(_bytes.AsMemory(_end), cancellation);
        TellIfDone(reading.IsCompleted);
        int read = await reading.ConfigureAwait(false);
        _end += read;
        return read > 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> FromPipeAsync(PipeReader from, int atLeast, CancellationToken cancellation)
    {
        while (!_isOver)
        {
            ValueTask<ReadResult> reading = from.ReadAtLeastAsync(atLeast, cancellation);
            TellIfDone(reading.IsCompleted);
            ReadResult read = await reading.ConfigureAwait(false);
            ReadOnlySequence<byte> taken = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, _bytes.Length - _end));
            taken.CopyTo(_bytes.AsSpan(_end));
            _end += (int)taken.Length;
            from.AdvanceTo(taken.End);
            if (!taken.IsEmpty || read.IsCompleted)
            {
                return !taken.IsEmpty;
            }
        }

        return false;
    }

    private void TellIfDone(bool hasMore)
    {
        if (_isBehind && !hasMore)
        {
            _isBehind = false;
            Volatile.Read(ref _receiver)?.ReceiveDone();
        }
    }

    private void MakeRoom(int wanted)
    {
        int waiting = _end - _start;
        // A length that was announced is only a claim: the buffer grows with what has arrived.
        int room = Math.Min(wanted, Math.Max(SmallestBytes, 2 * waiting));
        if (room > _bytes.Length)
        {
            byte[] larger = new byte[BitOperations.RoundUpToPowerOf2((uint)Math.Max(room, SmallestBytes))];
            Arrived.CopyTo(larger);
            _bytes = larger;
        }
        else if (_start > 0)
        {
            Arrived.CopyTo(_bytes);
        }

        (_start, _end) = (0, waiting);
    }
}
