using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WorkerRpc.Tests.Presenting.Serving;

/// <summary>An HTTP response as it was read from the socket.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The status line and the headers.</param>
/// <param name="Body">The text after the headers.</param>
internal sealed record RawResponse(int Status, string Headers, string Body);

/// <summary>Sends a request byte for byte. HttpClient would normalise its path.</summary>
internal static class RawRequest
{
    public static Task<RawResponse> GetAsync(Uri server, string target, string? host = null) =>
        SendAsync(server.Port, $"GET {target} HTTP/1.1\r\nHost: {host ?? server.Authority}\r\nConnection: close\r\n\r\n");

    public static async Task<RawResponse> SendAsync(int port, string request)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, cancellation);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), cancellation);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        string[] parts = (await reader.ReadToEndAsync(cancellation)).Split("\r\n\r\n", 2);
        return new RawResponse(int.Parse(parts[0].Split(' ')[1], CultureInfo.InvariantCulture), parts[0], parts[1]);
    }
}
