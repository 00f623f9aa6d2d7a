using System.Net.WebSockets;
using System.Text;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

public class WebSocketTransportTests
{
    private const string Done = ScriptedReceiver.Done;

    private static readonly string s_text = "a é € 🦔 z";

    // At each bound of a frame's head and of a buffer.
    private static readonly int[] s_lengths = [0, 1, 125, 126, 127, 4_095, 4_096, 16_384, 65_535, 65_536, 100_000];

    public static TheoryData<bool> EitherEnd => [true, false];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Messages_of_every_length_arrive_whole_and_in_order_at_either_end(int maxReadBytes)
    {
        (WireStream one, WireStream other) = WireStream.CreatePair(maxReadBytes);
        var client = RpcWebSocketTransport.FromStream(one, isServer: false, new());
        var server = RpcWebSocketTransport.FromStream(other, isServer: true, new());
        var (atClient, atServer) = (new ScriptedReceiver(), new ScriptedReceiver());
        client.Start(atClient);
        server.Start(atServer);
        string[] messages = [.. s_lengths.Select(length => new string('x', length)), s_text];

        await client.SendAsync(messages);
        await server.SendAsync(messages);

        foreach (string message in messages)
        {
            Assert.Equal(message, await atServer.NextMessageAsync());
            Assert.Equal(message, await atClient.NextMessageAsync());
        }

        await Task.WhenAll(client.DisposeAsync().AsTask(), server.DisposeAsync().AsTask());
    }

    [Theory]
    [MemberData(nameof(EitherEnd))]
    public async Task What_is_sent_together_leaves_in_one_write(bool isServer)
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        await using var transport = RpcWebSocketTransport.FromStream(wire, isServer, new());
        string large = new('x', 100_000);

        await transport.SendAsync("one");
        Assert.Equal(1, wire.Writes);
        await transport.SendAsync(large, "two", "", s_text);
        Assert.Equal(2, wire.Writes);
        await transport.SendAsync("three", large);
        Assert.Equal(3, wire.Writes);

        foreach (string text in new[] { "one", large, "two", "", s_text, "three", large })
        {
            RawFrame frame = await RawFrame.ReadAsync(peer);
            Assert.Equal((RawFrame.TextMessage, true, text), (frame.Opcode, frame.IsFinal, frame.Text));
        }
    }

    [Fact]
    public async Task What_arrives_together_is_done_together_and_a_message_alone_at_once()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        await using var end = new Ending(transport, peer);

        await peer.WriteAsync(Bytes(RawFrame.OfText("a"), RawFrame.OfText("b"), RawFrame.OfText("c")), Cancellation);
        string[] together = [await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync(), await receiver.NextAsync()];
        await peer.WriteAsync(Bytes(RawFrame.OfText("d")), Cancellation);

        Assert.Equal(["a", "b", "c", Done], together);
        Assert.Equal(["d", Done], [await receiver.NextAsync(), await receiver.NextAsync()]);
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_whereever_they_part_and_whatever_comes_between()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        await using var end = new Ending(transport, peer);
        byte[] whole = Encoding.UTF8.GetBytes(s_text);

        for (int part = 0; part <= whole.Length; part++)
        {
            await peer.WriteAsync(Bytes(new RawFrame(RawFrame.TextMessage, false, whole[..part])), Cancellation);
            await peer.WriteAsync(Bytes(new RawFrame(RawFrame.Ping, true, [(byte)part])), Cancellation);
            await peer.WriteAsync(Bytes(new RawFrame(RawFrame.Continuation, true, whole[part..])), Cancellation);

            RawFrame pong = await RawFrame.ReadAsync(peer);
            Assert.Equal((RawFrame.Pong, (byte)part), (pong.Opcode, Assert.Single(pong.Payload)));
            Assert.Equal(s_text, await receiver.NextMessageAsync());
        }
    }

    [Fact]
    public async Task A_ping_among_frames_that_wait_for_others_breaks_none_of_them()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        await using var end = new Ending(transport, peer);
        const int Rounds = 500;

        Task pings = Task.Run(
            async () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    await peer.WriteAsync(Bytes(new RawFrame(RawFrame.Ping, true, [1])), Cancellation);
                }
            },
            Cancellation);
        for (int i = 0; i < Rounds; i++)
        {
            await transport.SendAsync($"{i} a", $"{i} b", $"{i} c");
        }

        await pings;
        var texts = new List<string>();
        int pongs = 0;
        while (texts.Count < 3 * Rounds || pongs == 0)
        {
            RawFrame frame = await RawFrame.ReadAsync(peer);
            if (frame.Opcode == RawFrame.Pong)
            {
                pongs++;
            }
            else
            {
                texts.Add(frame.Text);
            }
        }

        Assert.Equal(Enumerable.Range(0, Rounds).SelectMany(i => new[] { $"{i} a", $"{i} b", $"{i} c" }), texts);
    }

    // Each of them has 64 code units: bytes are not what is counted.
    [Theory]
    [InlineData('x')]
    [InlineData('é')]
    [InlineData('€')]
    public async Task A_message_of_the_longest_length_is_taken_and_one_of_a_unit_more_is_not(char letter)
    {
        var options = new RpcWebSocketOptions { MaxMessageSize = 64 };
        string longest = new(letter, 62);
        foreach (bool inFragments in new[] { false, true })
        {
            (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer(options);
            await peer.WriteAsync(Bytes(Split(longest + "🦔", inFragments)), Cancellation);
            Assert.Equal(longest + "🦔", await receiver.NextMessageAsync());

            await peer.WriteAsync(Bytes(Split(longest + "🦔x", inFragments)), Cancellation);

            Assert.Equal("Incoming message exceeds maximum size of 64 UTF-16 code units.", Assert.IsType<RpcProtocolException>(await receiver.Closed).Message);
            await CloseBothAsync(transport, peer, 1000);
        }

        static RawFrame[] Split(string text, bool inFragments)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            return inFragments
                ? [new(RawFrame.TextMessage, false, bytes[..40]), new(RawFrame.Continuation, false, bytes[40..50]), new(RawFrame.Continuation, true, bytes[50..])]
                : [RawFrame.OfText(text)];
        }
    }

    [Fact]
    public async Task A_message_that_is_too_long_is_refused_before_it_has_come()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer(new() { MaxMessageSize = 1_000 });

        await peer.WriteAsync(RawFrame.Head(RawFrame.TextMessage, isFinal: true, 1L << 40, masked: true), Cancellation);
        // What is read at once; the rest never comes.
        await peer.WriteAsync(new byte[4_096], Cancellation);

        Assert.IsType<RpcProtocolException>(await receiver.Closed);
        Assert.Empty(receiver.Taken());
        peer.Dispose();
        await transport.DisposeAsync();
    }

    [Fact]
    public async Task A_binary_message_ends_the_session_which_can_still_say_so()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        await peer.WriteAsync(Bytes(RawFrame.OfText("a"), new RawFrame(RawFrame.Binary, true, [1]), RawFrame.OfText("b")), Cancellation);
        Exception? error = await receiver.Closed;

        await transport.SendAsync("[\"abort\"]");
        ValueTask closing = transport.CloseAsync(error);

        Assert.IsType<RpcProtocolException>(error);
        Assert.Equal(["a"], receiver.Taken().Where(text => text != Done));
        Assert.Equal("[\"abort\"]", (await RawFrame.ReadAsync(peer)).Text);
        Assert.Equal((3000, error.Message), (await RawFrame.ReadAsync(peer)).CloseReason);
        await peer.WriteAsync(Bytes(RawFrame.OfClose(3000, "")), Cancellation);
        await closing;
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("x", 123)]
    [InlineData("xé", 61)]
    [InlineData("€", 41)]
    [InlineData("xx🦔", 30)]
    public async Task The_reason_of_a_close_is_cut_between_two_characters(string head, int kept)
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver _) = StartServer();
        string last = head.Length == 0 ? "" : head[^1..] == "\udd94" ? "🦔" : head[^1..];
        string reason = head + string.Concat(Enumerable.Repeat(last, 200));

        ValueTask closing = transport.CloseAsync(new InvalidOperationException(reason));

        (int code, string arrived) = (await RawFrame.ReadAsync(peer)).CloseReason;
        Assert.Equal(3000, code);
        Assert.StartsWith(arrived, reason, StringComparison.Ordinal);
        Assert.Equal(kept, arrived.EnumerateRunes().Count(rune => rune.ToString() == last));
        await peer.WriteAsync(Bytes(RawFrame.OfClose(3000, "")), Cancellation);
        await closing;
    }

    [Theory]
    [InlineData("short", "short")]
    [InlineData("\ud83d alone", "\ud83d alone")]
    public void A_reason_that_fits_is_not_cut(string reason, string expected) => Assert.Equal(expected, RpcWebSocketTransport.CutReason(reason));

    [Fact]
    public async Task A_peer_that_closes_is_the_reason_and_gets_its_own_code_back()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        await peer.WriteAsync(Bytes(RawFrame.OfText("last"), RawFrame.OfClose(1001, "going away")), Cancellation);

        Exception? error = await receiver.Closed;
        await transport.CloseAsync(error);

        Assert.Equal("Peer closed WebSocket: 1001 going away", Assert.IsType<RpcBrokenException>(error).Message);
        Assert.Equal("last", await receiver.NextMessageAsync());
        Assert.Equal(1001, (await RawFrame.ReadAsync(peer)).CloseReason.Code);
    }

    [Fact]
    public async Task A_peer_that_is_gone_is_a_broken_connection()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();

        peer.Dispose();

        Assert.IsType<RpcBrokenException>(await receiver.Closed);
        await transport.CloseAsync(null);
        await Assert.ThrowsAnyAsync<Exception>(() => transport.SendAsync("x").AsTask());
    }

    [Fact]
    public async Task Text_that_is_no_UTF8_ends_the_session()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();

        await peer.WriteAsync(Bytes(new RawFrame(RawFrame.TextMessage, true, [0xC3, 0x28])), Cancellation);

        Assert.NotNull(await receiver.Closed);
        Assert.Empty(receiver.Taken());
        peer.Dispose();
        await transport.DisposeAsync();
    }

    [Fact]
    public async Task Nothing_is_delivered_after_the_end_though_the_peer_goes_on_until_it_hears_of_it()
    {
        (RpcWebSocketTransport transport, WireStream peer, ScriptedReceiver receiver) = StartServer();
        ValueTask closing = transport.CloseAsync(null);

        await peer.WriteAsync(Bytes(RawFrame.OfText("a"), RawFrame.OfText("b")), Cancellation);
        Assert.Equal(1000, (await RawFrame.ReadAsync(peer)).CloseReason.Code);
        await peer.WriteAsync(Bytes(RawFrame.OfClose(1000, "")), Cancellation);
        await closing;

        Assert.Empty(receiver.Taken());
        Assert.False(receiver.Closed.IsCompleted);
    }

    [Theory]
    [MemberData(nameof(EitherEnd))]
    public async Task A_peer_that_does_not_read_or_does_not_close_is_waited_for_no_longer_than_is_set(bool isStuck)
    {
        var clock = new ManualTime();
        var options = new RpcWebSocketOptions { CloseTimeout = TimeSpan.FromSeconds(7), TimeProvider = clock, KeepAliveInterval = Timeout.InfiniteTimeSpan };
        (WireStream wire, WireStream _) = WireStream.CreatePair();
        var transport = RpcWebSocketTransport.FromStream(wire, isServer: true, options);
        transport.Start(new ScriptedReceiver());
        wire.IsStuck = isStuck;
        Task sending = isStuck ? transport.SendAsync("x").AsTask() : Task.CompletedTask;

        Task closing = transport.CloseAsync(null).AsTask();
        await clock.Waited;
        clock.Advance(TimeSpan.FromSeconds(6.9));
        Assert.False(closing.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(0.1));

        await closing.WaitAsync(Cancellation);
        Assert.True(transport.Completion.IsCompletedSuccessfully);
        Assert.Equal(isStuck, !sending.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_WebSocket_that_is_there_already_will_do()
    {
        (WireStream one, WireStream other) = WireStream.CreatePair();
        await using var client = new RpcWebSocketTransport(WebSocket.CreateFromStream(one, new WebSocketCreationOptions()));
        await using var server = new RpcWebSocketTransport(WebSocket.CreateFromStream(other, new WebSocketCreationOptions { IsServer = true }));
        var (atClient, atServer) = (new ScriptedReceiver(), new ScriptedReceiver());
        client.Start(atClient);
        server.Start(atServer);

        await client.SendAsync("a", s_text);
        await server.SendAsync("b");
        Assert.Equal(["a", s_text], [await atServer.NextMessageAsync(), await atServer.NextMessageAsync()]);
        Assert.Equal("b", await atClient.NextMessageAsync());
        Task closing = client.CloseAsync(new InvalidOperationException("enough")).AsTask();

        Assert.Equal("Peer closed WebSocket: 3000 enough", (await atServer.Closed)!.Message);
        await server.CloseAsync(null);
        await closing;
    }

    private static (RpcWebSocketTransport Transport, WireStream Peer, ScriptedReceiver Receiver) StartServer(RpcWebSocketOptions? options = null)
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        var transport = RpcWebSocketTransport.FromStream(wire, isServer: true, options ?? new());
        var receiver = new ScriptedReceiver();
        transport.Start(receiver);
        return (transport, peer, receiver);
    }

    private static byte[] Bytes(params RawFrame[] frames) => [.. frames.SelectMany(frame => frame.ToBytes(masked: true))];

    private static async Task CloseBothAsync(RpcWebSocketTransport transport, WireStream peer, int code)
    {
        ValueTask closing = transport.CloseAsync(null);
        Assert.Equal(code, (await RawFrame.ReadAsync(peer)).CloseReason.Code);
        await peer.WriteAsync(Bytes(RawFrame.OfClose(code, "")), Cancellation);
        await closing;
    }

    /// <summary>Ends a connection from the peer's side, so that nobody waits for its close.</summary>
    private sealed class Ending(RpcWebSocketTransport transport, WireStream peer) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            peer.Dispose();
            return transport.DisposeAsync();
        }
    }
}
