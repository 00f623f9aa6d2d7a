using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>
/// Accepts only GET requests with the secret token and with this machine's own name as host. Any program on this machine and any
/// page in its browser can reach the port. With DNS rebinding, a page of another site reaches it under that site's name.
/// </summary>
internal sealed class RequestGate
{
    private const int TokenBytes = 32;

    private static readonly string[] s_hosts = ["127.0.0.1", "localhost"];

    private readonly byte[] _token;

    public RequestGate()
    {
        Token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        _token = Encoding.ASCII.GetBytes(Token);
    }

    /// <summary>The secret part of the address.</summary>
    public string Token { get; }

    /// <summary>Checks a request. Returns the HTTP status of the refusal; null where the request is accepted.</summary>
    /// <param name="request">The request to check.</param>
    /// <param name="port">The server's port.</param>
    /// <param name="page">The path below the token; empty for the list.</param>
    public int? Refuse(HttpRequest request, int port, out string page)
    {
        page = "";
        // HTTP methods are case-sensitive.
        if (request.Method != HttpMethods.Get)
        {
            return StatusCodes.Status405MethodNotAllowed;
        }

        if (!s_hosts.Contains(request.Host.Host, StringComparer.OrdinalIgnoreCase) || request.Host.Port != port)
        {
            return StatusCodes.Status421MisdirectedRequest;
        }

        string[] parts = (request.Path.Value ?? "").Split('/');
        if (parts.Length != 3 || parts[0].Length > 0 || !IsToken(parts[1]))
        {
            return StatusCodes.Status404NotFound;
        }

        page = parts[2];
        return null;
    }

    /// <summary>The address to give to the user.</summary>
    public Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/{Token}/"));

    // In constant time: the duration must not depend on how much of the token is right.
    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);
}
