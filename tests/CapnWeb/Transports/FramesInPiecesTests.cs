using System.Text;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

/// <summary>Frames that arrive in pieces, read through a stream and from the pipe under the stream.</summary>
public class FramesInPiecesTests
{
    private static readonly int[] s_lengths = [0, 1, 3, 125, 126, 5_000, 65_536, 100_000];

    public static TheoryData<bool> ByPipe => [false, true];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(ByPipe))]
    public async Task Frames_arrive_whole_however_they_are_split(bool byPipe)
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            await using var end = ServerEnd.Start(byPipe: byPipe);
            var sent = new List<RawFrame>();
            var texts = new List<string>();
            for (int i = 0; i < 12; i++)
            {
                string text = TextOf(random);
                texts.Add(text);
                sent.AddRange(FramesOf(text, random));
            }

            byte[] bytes = [.. sent.SelectMany(frame => frame.ToBytes(masked: true))];
            for (int written = 0; written < bytes.Length;)
            {
                int piece = Math.Min(random.Next(2) == 0 ? random.Next(1, 20) : random.Next(1, 80_000), bytes.Length - written);
                await end.Peer.WriteAsync(bytes.AsMemory(written, piece), Cancellation);
                written += piece;
            }

            foreach (string text in texts)
            {
                Assert.Equal(text, await end.Receiver.NextMessageAsync());
            }

            foreach (RawFrame ping in sent.Where(frame => frame.Opcode == RawFrame.Ping))
            {
                Assert.Equal((RawFrame.Pong, ping.Text), await NextAsync(end));
            }
        }

        static async Task<(int, string)> NextAsync(ServerEnd end)
        {
            RawFrame frame = await end.ReadAsync();
            return (frame.Opcode, frame.Text);
        }
    }

    [Theory]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((1 << 20) + 1)]
    [InlineData(3 << 20)]
    public async Task Message_beyond_the_kept_buffer_leaves_the_next_intact(int length)
    {
        foreach (bool byPipe in new[] { false, true })
        {
            await using var end = ServerEnd.Start(byPipe: byPipe);
            string text = new string('x', length - 2) + "é";

            await end.WriteAsync(RawFrame.OfText("before"), RawFrame.OfText(text), RawFrame.OfText("after"));

            Assert.Equal("before", await end.Receiver.NextMessageAsync());
            Assert.Equal(text, await end.Receiver.NextMessageAsync());
            Assert.Equal("after", await end.Receiver.NextMessageAsync());
        }
    }

    [Fact]
    public async Task Spurious_wakeup_of_the_reader_keeps_the_connection()
    {
        await using var end = ServerEnd.Start(byPipe: true);
        byte[] frame = RawFrame.OfText("whole").ToBytes(masked: true);

        end.Wire.Input.CancelPendingRead();
        await end.Peer.WriteAsync(frame.AsMemory(0, 4), Cancellation);
        end.Wire.Input.CancelPendingRead();
        await end.Peer.WriteAsync(frame.AsMemory(4), Cancellation);

        Assert.Equal("whole", await end.Receiver.NextMessageAsync());
    }

    [Theory]
    [MemberData(nameof(ByPipe))]
    public async Task Message_inside_a_fragmented_one_ends_the_connection(bool byPipe)
    {
        await using var end = ServerEnd.Start(byPipe: byPipe);

        await end.WriteAsync(new RawFrame(RawFrame.TextMessage, false, [(byte)'a']), RawFrame.OfText("b"));

        Assert.NotNull(await end.Receiver.Closed);
        Assert.Equal(1002, (await end.ReadAsync()).CloseReason.Code);
        Assert.Empty(end.Receiver.TakeReceived());
    }

    [Theory]
    [InlineData(0b1100_0001, 2L)] // A reserved bit is set.
    [InlineData(0b1000_0001, -1L)] // The length is beyond 2^63.
    public async Task Malformed_frame_ends_the_connection(int first, long length)
    {
        foreach (bool byPipe in new[] { false, true })
        {
            await using var end = ServerEnd.Start(byPipe: byPipe);
            byte[] head = RawFrame.Head(0, isFinal: true, length < 0 ? long.MaxValue : length, masked: true);
            head[0] = (byte)first;
            if (length < 0)
            {
                head[2] = 0xFF;
            }

            await end.Peer.WriteAsync((byte[])[.. head, (byte)'a', (byte)'b'], Cancellation);

            Assert.NotNull(await end.Receiver.Closed);
            Assert.Empty(end.Receiver.TakeReceived());
        }
    }

    [Theory]
    [MemberData(nameof(ByPipe))]
    public async Task Frame_of_maximal_length_is_refused_at_the_limit(bool byPipe)
    {
        await using var end = ServerEnd.Start(new() { MaxMessageSize = 1_000 }, byPipe);

        await end.Peer.WriteAsync(RawFrame.Head(RawFrame.TextMessage, isFinal: true, long.MaxValue, masked: true), Cancellation);
        await end.Peer.WriteAsync(new byte[100_000], Cancellation);

        var error = Assert.IsType<RpcProtocolException>(await end.Receiver.Closed);
        Assert.Equal("Incoming message exceeds maximum size of 1000 UTF-16 code units.", error.Message);
        Assert.Empty(end.Receiver.TakeReceived());
    }

    private static string TextOf(Random random)
    {
        int length = s_lengths[random.Next(s_lengths.Length)];
        return random.Next(3) switch
        {
            0 => new string('é', length / 2),
            1 => new string('x', length) + "🦔",
            _ => new string('y', length),
        };
    }

    private static IEnumerable<RawFrame> FramesOf(string text, Random random)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        int cut = random.Next(bytes.Length + 1);
        var ping = new RawFrame(RawFrame.Ping, true, [(byte)('a' + random.Next(26))]);
        return random.Next(4) switch
        {
            0 => [new(RawFrame.TextMessage, false, bytes[..cut]), ping, new(RawFrame.Continuation, true, bytes[cut..])],
            1 => [ping, RawFrame.OfText(text)],
            _ => [RawFrame.OfText(text)],
        };
    }
}
