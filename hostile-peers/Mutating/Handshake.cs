using System.Net.Sockets;
using System.Text;

namespace WorkerRpc.Hostile.Mutating;

/// <summary>Opens a WebSocket by hand, so that a hostile peer can then send any bytes.</summary>
internal static class Handshake
{
    private const string Request = """
        GET {0} HTTP/1.1
        Host: localhost
        Connection: Upgrade
        Upgrade: websocket
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==


        """;

    private static readonly CompositeFormat s_request = CompositeFormat.Parse(Request.ReplaceLineEndings("\r\n"));

    /// <summary>The bytes that ask for a WebSocket.</summary>
    public static byte[] For(string path) => Encoding.ASCII.GetBytes(string.Format(null, s_request, path));

    /// <summary>Reads the head of the answer. Returns whether the server has accepted.</summary>
    public static async Task<bool> ReadAnswerAsync(Socket socket, CancellationToken cancellation)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head is not [.., (byte)'\r', (byte)'\n', (byte)'\r', (byte)'\n'])
        {
            if (await socket.ReceiveAsync(one, cancellation) == 0)
            {
                return false;
            }

            head.Add(one[0]);
        }

        return Encoding.ASCII.GetString([.. head]).StartsWith("HTTP/1.1 101", StringComparison.Ordinal);
    }
}
