using System.IO.Pipelines;
using WorkerRpc.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>How <see cref="WatchedStream"/> detects a silent peer. The test moves the clock.</summary>
public sealed class WatchedStreamTests : IAsyncDisposable
{
    private const int PieceBytes = 128 * 1024;
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan s_instant = TimeSpan.FromMilliseconds(1);

    private readonly ManualTime _clock = new();
    private readonly WireStream _wire;
    private readonly WireStream _peer;
    private readonly WatchedStream _stream;
    private readonly WatchedStream _pipeStream;
    private readonly byte[] _buffer = new byte[1 << 20];
    private bool _isSilent;

    public WatchedStreamTests()
    {
        // With threshold 1, a write completes only after the peer has read all of it.
        (_wire, _peer) = WireStream.CreatePair(pauseWriterThreshold: 1);
        _stream = new WatchedStream(_wire, new PeerWatch(s_limit, _clock));
        _pipeStream = new WatchedStream(_wire, new PeerWatch(s_limit, _clock), _wire.Input);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        _stream.Dispose();
        return default;
    }

    [Fact]
    public void Peer_is_silent_when_no_byte_moves_for_the_limit()
    {
        StartListening(_stream);

        _clock.Advance(s_limit - s_instant);
        Assert.False(_isSilent);
        _clock.Advance(s_instant);

        Assert.True(_isSilent);
    }

    [Fact]
    public async Task Peer_that_sends_a_byte_now_and_then_is_alive()
    {
        _stream.StartWatch(() => _isSilent = true);

        for (int i = 0; i < 50; i++)
        {
            ValueTask<int> reading = _stream.ReadAsync(_buffer, Cancellation);
            _clock.Advance(s_limit - s_instant);
            await SendAsync(1);
            Assert.Equal(1, await reading);
        }

        StartReading(_stream);
        _clock.Advance(s_limit - s_instant);
        Assert.False(_isSilent);
        _clock.Advance(s_instant);
        Assert.True(_isSilent);
    }

    [Fact]
    public async Task Peer_is_alive_while_a_read_waits_for_more_of_a_message()
    {
        _pipeStream.SetMessageBuffer(_buffer);
        _pipeStream.StartWatch(() => _isSilent = true);

        for (int i = 0; i < 20; i++)
        {
            ValueTask<int> reading = _pipeStream.ReadAsync(_buffer.AsMemory(0, 10_000), Cancellation);
            await SendAsync(10);
            Assert.False(reading.IsCompleted);
            // The watch's timer completes the waiting read with the bytes received so far.
            _clock.Advance(s_limit / 4);
            Assert.Equal(10, await reading);
        }

        Assert.False(_isSilent);
    }

    [Fact]
    public async Task Read_into_another_buffer_waits_for_one_byte()
    {
        _pipeStream.SetMessageBuffer(_buffer);
        byte[] other = new byte[10_000];
        ValueTask<int> reading = _pipeStream.ReadAsync(other, Cancellation);

        await SendAsync(3);

        Assert.Equal(3, await reading);
    }

    [Fact]
    public async Task Long_read_returns_no_more_than_requested()
    {
        _pipeStream.SetMessageBuffer(_buffer);

        ValueTask<int> reading = _pipeStream.ReadAsync(_buffer.AsMemory(0, 10_000), Cancellation);
        Task sending = SendAsync(15_000);

        Assert.Equal(10_000, await reading);
        Assert.Equal(5_000, await _pipeStream.ReadAsync(_buffer.AsMemory(0, 5_000), Cancellation));
        await sending;
    }

    [Fact]
    public async Task Short_reads_share_the_bytes_of_one_receive()
    {
        Task sending = SendAsync(100);

        Assert.Equal(30, await _stream.ReadAsync(_buffer.AsMemory(0, 30), Cancellation));
        ValueTask<int> next = _stream.ReadAsync(_buffer.AsMemory(0, 30), Cancellation);
        Assert.True(next.IsCompleted);
        Assert.Equal(30, await next);
        Assert.Equal(40, await _stream.ReadAsync(_buffer, Cancellation));
        await sending;
    }

    [Fact]
    public async Task Joined_frames_are_written_before_they_become_many()
    {
        const int FrameBytes = 1000;
        int frames = 0;
        _stream.SetJoining(true);
        Task writing = Task.CompletedTask;
        for (; frames < 1000 && writing.IsCompleted; frames++)
        {
            writing = _stream.WriteAsync(new byte[FrameBytes], Cancellation).AsTask();
        }

        Assert.InRange(frames * FrameBytes, 2 * PieceBytes, (2 * PieceBytes) + FrameBytes);
        await _peer.ReadExactlyAsync(_buffer.AsMemory(0, frames * FrameBytes), Cancellation);
        await writing;
    }

    [Fact]
    public async Task Peer_that_reads_a_long_message_slowly_is_alive()
    {
        StartListening(_stream);
        Task writing = _stream.WriteAsync(new byte[20 * PieceBytes], Cancellation).AsTask();

        for (int i = 0; i < 20; i++)
        {
            await _peer.ReadExactlyAsync(_buffer.AsMemory(0, PieceBytes), Cancellation);
            // The stream may notice a piece one step late, so a step is shorter than half the limit.
            _clock.Advance(s_limit / 2 - s_instant);
        }

        await writing;
        Assert.False(_isSilent);
    }

    [Fact]
    public void Peer_that_reads_nothing_is_silent()
    {
        StartListening(_stream);
        Task writing = _stream.WriteAsync(new byte[100], Cancellation).AsTask();

        _clock.Advance(s_limit);

        Assert.True(_isSilent);
        Assert.False(writing.IsCompleted);
    }

    [Fact]
    public async Task Buffered_write_extends_the_limit_by_its_transfer_time()
    {
        const int BytesPerSecond = 32 * 1024;
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        await using var stream = new WatchedStream(wire, new PeerWatch(s_limit, _clock));
        StartListening(stream);

        for (int i = 0; i < 10; i++)
        {
            await stream.WriteAsync(new byte[BytesPerSecond], Cancellation);
            _clock.Advance(TimeSpan.FromSeconds(10));
        }

        _clock.Advance(TimeSpan.FromSeconds(30) - s_instant);
        Assert.False(_isSilent);
        _clock.Advance(s_instant);
        Assert.True(_isSilent);
        peer.Dispose();
    }

    [Fact]
    public async Task Full_buffers_extend_the_limit_after_the_last_write()
    {
        const int BufferedBytes = 1 << 20;
        (WireStream wire, WireStream peer) = WireStream.CreatePair(pauseWriterThreshold: BufferedBytes);
        await using var stream = new WatchedStream(wire, new PeerWatch(s_limit, _clock));
        StartListening(stream);
        Task writing = stream.WriteAsync(new byte[3 * BufferedBytes], Cancellation).AsTask();
        for (int read = 0; read <= 2 * BufferedBytes; read += PieceBytes)
        {
            await peer.ReadExactlyAsync(_buffer.AsMemory(0, PieceBytes), Cancellation);
        }

        await writing;
        // The peer reads the last MiB at 32 KiB a second, and can answer a ping only then.
        _clock.Advance(s_limit + TimeSpan.FromSeconds(31));
        Assert.False(_isSilent);
        _clock.Advance(TimeSpan.FromSeconds(3 * 32));
        Assert.True(_isSilent);
        peer.Dispose();
    }

    [Fact]
    public async Task Byte_before_the_end_of_the_limit_counts_during_a_long_read()
    {
        _pipeStream.SetMessageBuffer(_buffer);
        _pipeStream.StartWatch(() => _isSilent = true);
        ValueTask<int> reading = _pipeStream.ReadAsync(_buffer.AsMemory(0, 10_000), Cancellation);
        _clock.Advance(s_limit - TimeSpan.FromSeconds(2));

        await SendAsync(10);
        _clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(10, await reading);
        StartReading(_pipeStream);
        _clock.Advance(s_limit - s_instant);
        Assert.False(_isSilent);
    }

    [Fact]
    public void Silence_does_not_count_while_nobody_reads()
    {
        _stream.StartWatch(() => _isSilent = true);
        _clock.Advance(10 * s_limit);
        Assert.False(_isSilent);

        StartReading(_stream);
        _clock.Advance(s_limit - s_instant);
        Assert.False(_isSilent);
        _clock.Advance(s_instant);
        Assert.True(_isSilent);
    }

    [Fact]
    public void Disposed_stream_is_not_watched()
    {
        StartListening(_stream);

        _stream.Dispose();
        _clock.Advance(2 * s_limit);

        Assert.False(_isSilent);
    }

    [Fact]
    public async Task Disposed_stream_ends_a_read_of_the_pipe()
    {
        // Disposing a server's stream does not complete its pipe.
        var stream = new WatchedStream(Stream.Null, new PeerWatch(s_limit, _clock), new Pipe().Reader);
        ValueTask<int> reading = stream.ReadAsync(_buffer, Cancellation);

        await stream.DisposeAsync();

        Assert.Equal(0, await reading);
    }

    [Fact]
    public async Task Joined_frames_leave_with_the_first_frame_after_them()
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        await using var stream = new WatchedStream(wire, new PeerWatch(s_limit, _clock));

        for (byte round = 0; round < 3; round++)
        {
            stream.SetJoining(true);
            await stream.WriteAsync(new byte[] { round, 1 }, Cancellation);
            await stream.WriteAsync(new byte[] { 2 }, Cancellation);
            await stream.FlushAsync(Cancellation);
            Assert.Equal(round, wire.Writes);
            stream.SetJoining(false);
            await stream.WriteAsync(new byte[] { 3 }, Cancellation);

            Assert.Equal(round + 1, wire.Writes);
            Assert.Equal(4, await peer.ReadAsync(_buffer, Cancellation));
            Assert.Equal([round, 1, 2, 3], _buffer[..4]);
        }
    }

    private void StartListening(WatchedStream stream)
    {
        stream.StartWatch(() => _isSilent = true);
        StartReading(stream);
    }

    private void StartReading(WatchedStream stream) => _ = stream.ReadAsync(_buffer, Cancellation).AsTask();

    private Task SendAsync(int bytes) => _peer.WriteAsync(new byte[bytes], Cancellation).AsTask();
}
