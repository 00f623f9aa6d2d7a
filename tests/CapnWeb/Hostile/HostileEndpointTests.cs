using System.Net;
using System.Net.Sockets;
using System.Text;
using WorkerRpc.CapnWeb.AspNetCore;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>Hostile inputs against a Kestrel server with default settings: over a raw socket, and as one batch.</summary>
public sealed class HostileEndpointTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Names => [.. HostileInputs.All.Select(input => input.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Hostile_WebSocket_ends_as_documented_and_the_server_lives(string name)
    {
        HostileInput input = HostileInputs.All.Single(each => each.Name == name);
        await using HostileServer server = await HostileServer.StartAsync();
        string answer = "";
        Task sending;
        await using (NetworkStream socket = await server.OpenAsync())
        {
            // All messages leave in one write, so that the server may read several at once.
            sending = SendAsync(socket, HostileServer.FramesOf(input.Messages));
            while (!answer.StartsWith(input.Expected, StringComparison.Ordinal) && !answer.StartsWith("closed", StringComparison.Ordinal))
            {
                answer = await HostileServer.ReadAsync(socket);
            }
        }

        await sending;

        Assert.StartsWith(input.Expected, answer, StringComparison.Ordinal);
        await server.AssertServesAsync();
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Hostile_batch_ends_as_documented_and_the_server_lives(string name)
    {
        HostileInput input = HostileInputs.All.Single(each => each.Name == name);
        string body = string.Join('\n', input.Messages);
        await using HostileServer server = await HostileServer.StartAsync();

        HttpResponseMessage response = await server.PostAsync(body);

        string answer = await response.Content.ReadAsStringAsync(Cancellation);
        if (Encoding.UTF8.GetByteCount(body) > new RpcEndpointOptions().MaxBodyBytes)
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        else if (input.EndsSession)
        {
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        }
        else if (input.NeedsCallbacks)
        {
            // A batch's client cannot be called, and its promises fail. The calls that use them are rejected.
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        else
        {
            Assert.Contains(input.Expected, answer, StringComparison.Ordinal);
        }

        await server.AssertServesAsync();
    }

    // Lengths that no message can have, with and without bytes of the payload.
    public static TheoryData<string, bool> Frames
    {
        get
        {
            string s11 = Convert.ToHexString(File.ReadAllBytes(HostileInputs.PathOf("S11.bin")));
            string[] frames =
                [s11, "81FF000000010000000001020304", "01FF7FFFFFFFFFFFFFFF01020304", "81FF000000007FFFFFFF0102030478787878"];
            var data = new TheoryData<string, bool>();
            foreach (string frame in frames)
            {
                data.Add(frame, true);
                data.Add(frame, false);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(Frames))]
    public async Task Frame_that_announces_too_much_ends_the_session_after_the_answers(string bytes, bool isWithCalls)
    {
        await using HostileServer server = await HostileServer.StartAsync();
        await using NetworkStream socket = await server.OpenAsync();
        byte[] calls = HostileServer.FramesOf(["[\"push\",[\"pipeline\",0,[\"square\"],[3]]]", "[\"pull\",1]"]);
        byte[] frame = Convert.FromHexString(bytes);

        await socket.WriteAsync(isWithCalls ? [.. calls, .. frame] : calls, Cancellation);
        Assert.Equal("[\"resolve\",1,9]", await HostileServer.ReadAsync(socket));
        if (!isWithCalls)
        {
            // The server sends its answers when it waits for the next frame.
            await socket.WriteAsync(frame, Cancellation);
        }

        Assert.StartsWith("[\"abort\",[\"error\",\"TypeError\"", await HostileServer.ReadAsync(socket), StringComparison.Ordinal);
        Assert.StartsWith("closed: 1009 ", await HostileServer.ReadAsync(socket), StringComparison.Ordinal);
        await server.AssertServesAsync();
    }

    // The server may end the session before it has read everything.
    private static async Task SendAsync(NetworkStream socket, byte[] bytes)
    {
        try
        {
            await socket.WriteAsync(bytes, Cancellation);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // The answer tells how the session ended.
        }
    }
}
