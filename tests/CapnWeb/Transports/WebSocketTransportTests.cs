using System.Net.WebSockets;
using System.Text;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Transports;

public class WebSocketTransportTests
{
    private const string Done = ScriptedReceiver.Done;

    private static readonly string s_text = "a é € 🦔 z";

    // Message lengths at the limits of a frame's length field and of the buffers.
    private static readonly int[] s_lengths = [0, 1, 125, 126, 127, 4_095, 4_096, 16_384, 65_535, 65_536, 100_000];

    public static TheoryData<bool> EitherEnd => [true, false];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(int.MaxValue)]
    public async Task Messages_of_every_length_arrive_in_order(int maxReadBytes)
    {
        (WireStream one, WireStream other) = WireStream.CreatePair(maxReadBytes);
        var client = ServerEnd.TransportOver(one, isServer: false);
        var server = ServerEnd.TransportOver(other, isServer: true);
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
    public async Task Messages_sent_together_leave_in_one_write(bool isServer)
    {
        (WireStream wire, WireStream peer) = WireStream.CreatePair();
        await using var transport = ServerEnd.TransportOver(wire, isServer);
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
    public async Task Messages_received_together_end_with_one_ReceiveDone()
    {
        await using var end = ServerEnd.Start();

        await end.WriteAsync(RawFrame.OfText("a"), RawFrame.OfText("b"), RawFrame.OfText("c"));
        var together = new List<string>();
        for (int i = 0; i < 4; i++)
        {
            together.Add(await end.Receiver.NextAsync());
        }

        await end.WriteAsync(RawFrame.OfText("d"));

        Assert.Equal(["a", "b", "c", Done], together);
        Assert.Equal(["d", Done], [await end.Receiver.NextAsync(), await end.Receiver.NextAsync()]);
    }

    [Fact]
    public async Task Fragmented_message_arrives_as_one_despite_pings()
    {
        await using var end = ServerEnd.Start();
        byte[] whole = Encoding.UTF8.GetBytes(s_text);

        for (int part = 0; part <= whole.Length; part++)
        {
            await end.WriteAsync(new RawFrame(RawFrame.TextMessage, false, whole[..part]));
            await end.WriteAsync(new RawFrame(RawFrame.Ping, true, [(byte)part]));
            await end.WriteAsync(new RawFrame(RawFrame.Continuation, true, whole[part..]));

            RawFrame pong = await end.ReadAsync();
            Assert.Equal((RawFrame.Pong, (byte)part), (pong.Opcode, Assert.Single(pong.Payload)));
            Assert.Equal(s_text, await end.Receiver.NextMessageAsync());
        }
    }

    [Fact]
    public async Task Pong_leaves_between_the_fragments_of_a_long_message()
    {
        await using var end = ServerEnd.Start(pauseWriterThreshold: 1);
        string text = new('x', 3_000_000);
        Task sending = end.Transport.SendAsync(text).AsTask();
        Task pinging = end.WriteAsync(new RawFrame(RawFrame.Ping, true, [7]));

        var payload = new StringBuilder();
        var opcodes = new List<int>();
        RawFrame frame;
        do
        {
            frame = await end.ReadAsync();
            opcodes.Add(frame.Opcode);
            payload.Append(frame.Opcode == RawFrame.Pong ? "" : frame.Text);
        }
        while (frame.Opcode == RawFrame.Pong || !frame.IsFinal);

        await Task.WhenAll(sending, pinging);
        Assert.Equal(text, payload.ToString());
        Assert.Equal(RawFrame.TextMessage, opcodes[0]);
        Assert.Contains(RawFrame.Pong, opcodes);
    }

    [Fact]
    public async Task Pongs_do_not_corrupt_joined_frames()
    {
        await using var end = ServerEnd.Start();
        const int Rounds = 500;

        Task pings = Task.Run(
            async () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    await end.WriteAsync(new RawFrame(RawFrame.Ping, true, [1]));
                }
            },
            Cancellation);
        for (int i = 0; i < Rounds; i++)
        {
            await end.Transport.SendAsync($"{i} a", $"{i} b", $"{i} c");
        }

        await pings;
        var texts = new List<string>();
        int pongs = 0;
        while (texts.Count < 3 * Rounds || pongs == 0)
        {
            RawFrame frame = await end.ReadAsync();
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

    [Theory]
    [InlineData('x')]
    [InlineData('é')]
    [InlineData('€')]
    public async Task Message_at_the_size_limit_passes_one_unit_more_fails(char letter)
    {
        var options = new RpcWebSocketOptions { MaxMessageSize = 64 };
        // The limit counts UTF-16 code units, not bytes: this letter 62 times and an emoji have 64 units.
        string longest = new(letter, 62);
        foreach (bool inFragments in new[] { false, true })
        {
            await using var end = ServerEnd.Start(options);
            await end.WriteAsync(Split(longest + "🦔", inFragments));
            Assert.Equal(longest + "🦔", await end.Receiver.NextMessageAsync());

            await end.WriteAsync(Split(longest + "🦔x", inFragments));

            var error = Assert.IsType<RpcProtocolException>(await end.Receiver.Closed);
            Assert.Equal("Incoming message exceeds maximum size of 64 UTF-16 code units.", error.Message);
        }

        static RawFrame[] Split(string text, bool inFragments)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            return inFragments
                ?
                [
                    new(RawFrame.TextMessage, false, bytes[..40]),
                    new(RawFrame.Continuation, false, bytes[40..50]),
                    new(RawFrame.Continuation, true, bytes[50..]),
                ]
                : [RawFrame.OfText(text)];
        }
    }

    [Theory]
    [InlineData(1L << 40, false)]
    [InlineData(1L << 40, true)]
    [InlineData(long.MaxValue, false)]
    [InlineData(long.MaxValue, true)]
    public async Task Too_long_message_is_refused_before_it_arrives(long announced, bool byPipe)
    {
        await using var end = ServerEnd.Start(new() { MaxMessageSize = 1_000 }, byPipe);

        await end.Peer.WriteAsync(RawFrame.Head(RawFrame.TextMessage, isFinal: true, announced, masked: true), Cancellation);
        // Enough for one read. The rest of the message is never sent.
        await end.Peer.WriteAsync(new byte[4_096], Cancellation);

        var error = Assert.IsType<RpcProtocolException>(await end.Receiver.Closed);
        Assert.Empty(end.Receiver.TakeReceived());
        _ = end.Transport.CloseAsync(error).AsTask();
        Assert.Equal((1009, error.Message), (await end.ReadAsync()).CloseReason);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("€")]
    public void Reads_request_little_beyond_the_size_limit(string letter)
    {
        const int MaxUnits = 70_000;
        using var message = new IncomingMessage(MaxUnits);
        byte[] text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(letter, 2 * MaxUnits)));
        int read = 0;
        bool isAccepted;
        do
        {
            Memory<byte> room = message.GetMemory();
            text.AsMemory(read, room.Length).CopyTo(room);
            read += room.Length;
            isAccepted = message.TryAdvance(room.Length);
        }
        while (isAccepted);

        Assert.InRange(read, MaxUnits * Encoding.UTF8.GetByteCount(letter) + 1, MaxUnits * Encoding.UTF8.GetByteCount(letter) + 1_100);
    }

    [Fact]
    public async Task Transport_works_over_an_existing_WebSocket()
    {
        (WireStream one, WireStream other) = WireStream.CreatePair();
        await using var client = new RpcWebSocketTransport(WebSocket.CreateFromStream(one, new WebSocketCreationOptions()));
        await using var server = new RpcWebSocketTransport(
            WebSocket.CreateFromStream(other, new WebSocketCreationOptions { IsServer = true }));
        var (atClient, atServer) = (new ScriptedReceiver(), new ScriptedReceiver());
        client.Start(atClient);
        server.Start(atServer);

        await client.SendAsync("a", s_text);
        await server.SendAsync("b");
        Assert.Equal(["a", s_text], [await atServer.NextMessageAsync(), await atServer.NextMessageAsync()]);
        Assert.Equal("b", await atClient.NextMessageAsync());
        Task closing = client.CloseAsync(new RpcException("enough")).AsTask();

        Assert.Equal("Peer closed WebSocket: 3000 enough", (await atServer.Closed)!.Message);
        await server.CloseAsync(null);
        await closing;
    }
}
