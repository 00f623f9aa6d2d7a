using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkerRpc.Tests.Presenting.Serving;

/// <summary>An answer as it came over the socket.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Headers">Its headers, one a line.</param>
/// <param name="Body">What follows them.</param>
internal sealed record RawAnswer(int Status, string Headers, string Body);

/// <summary>Requests as they are written, byte for byte: a client of the framework would put a path in order before it sends it.</summary>
internal static class RawRequest
{
    public static Task<RawAnswer> GetAsync(Uri server, string target, string? host = null) =>
        SendAsync(server.Port, $"GET {target} HTTP/1.1\r\nHost: {host ?? server.Authority}\r\nConnection: close\r\n\r\n");

    public static async Task<RawAnswer> SendAsync(int port, string request)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string[] parts = (await reader.ReadToEndAsync(cancellation)).Split("\r\n\r\n", 2);
        return new RawAnswer(int.Parse(parts[0].Split(' ')[1], CultureInfo.InvariantCulture), parts[0], parts[1]);
    }
}
