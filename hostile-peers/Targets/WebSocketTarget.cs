using System.Net.Sockets;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Hostile.Mutating;

namespace WorkerRpc.Hostile.Targets;

/// <summary>
/// Sends bytes to the endpoint over a WebSocket, from a raw socket. The server must close the connection, and the session must end.
/// </summary>
internal sealed class WebSocketTarget : IFuzzTarget
{
    // The answer to a close frame with status 1000: the session lived until then.
    private static ReadOnlySpan<byte> NormalClose => [0x88, 0x02, 0x03, 0xE8];

    private readonly string _socket = Path.Combine(Path.GetTempPath(), $"hostile-{Environment.ProcessId}.sock");
    private readonly Endpoint _endpoint;
    private readonly byte[] _handshake = Handshake.For(Endpoint.Path);

    public WebSocketTarget()
    {
        File.Delete(_socket);
        _endpoint = new Endpoint(_socket);
    }

    public IEnumerable<KeyValuePair<string, byte[]>> Seeds => Inputs.Traces.Concat(Inputs.Hostile)
        .Select(input => KeyValuePair.Create(input.Name, Frames.Of(input.Messages, byte.MaxValue)))
        .Concat(Inputs.HostileBytes);

    public bool NeedsRecipes => true;

    public FuzzOutcome Run(byte[] input)
    {
        if (!Recipe.IsRecipe(input))
        {
            return Costs.Check(input, () => Attack(input, messages: 1 + (input.Length / 100)));
        }

        var peer = new Peer();
        string[] messages =
        [
            .. Recipe.Apply(input, Inputs.Parsed).Select(message => Recipe.IsWild(input) ? message : peer.Repair(message))
                .OfType<JsonList>().Select(message => message.ToString()),
        ];
        byte[] bytes = Frames.Of(messages, Recipe.Delivery(input));
        return Costs.Check(bytes, () => Attack(bytes, messages.Length));
    }

    private FuzzOutcome Attack(byte[] bytes, int messages)
    {
        byte[] end;
        try
        {
            end = Blocking.Wait(ExchangeAsync(bytes));
        }
        catch (TimeoutException e)
        {
            throw new FuzzFailureException("The server did not close the connection.", bytes, e);
        }

        _endpoint.TakeVictims().ForEach(victim => victim.Finish());
        foreach (RpcSession session in _endpoint.TakeSessions())
        {
            if (!Blocking.TryWait(session.Completion))
            {
                throw new FuzzFailureException("The session did not end.", bytes);
            }

            if (session.Error is not RpcException || session.Error.Message.Contains("could not be handled", StringComparison.Ordinal))
            {
                throw new FuzzFailureException($"The session ended by {session.Error}", bytes, session.Error);
            }
        }

        return new FuzzOutcome(end.AsSpan().EndsWith(NormalClose), messages);
    }

    // Returns the last bytes that the server has sent.
    private async Task<byte[]> ExchangeAsync(byte[] bytes)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_socket));
        await socket.SendAsync(_handshake);
        if (!await Handshake.ReadAnswerAsync(socket, CancellationToken.None))
        {
            throw new InvalidDataException("The server refused the WebSocket.");
        }

        Task<byte[]> reading = ReadToEndAsync(socket);
        try
        {
            // The server may close the connection before it has read everything.
            await socket.SendAsync(bytes);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
        }

        return await reading;
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        byte[] buffer = new byte[1 << 14];
        byte[] end = [];
        try
        {
            while (await socket.ReceiveAsync(buffer) is > 0 and int read)
            {
                end = [.. end, .. buffer.AsSpan(Math.Max(read - NormalClose.Length, 0), Math.Min(read, NormalClose.Length))];
                end = end[Math.Max(end.Length - NormalClose.Length, 0)..];
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }

        return end;
    }
}
