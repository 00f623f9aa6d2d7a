using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>
/// Accepts only GET requests that have the secret token, and whose host is this machine's own name. The checks are necessary because any
/// local program and any web page in the browser can send requests to the port. With DNS rebinding, a web page does so under its own host
/// name.
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

    /// <summary>The secret token, which is part of the server's address.</summary>
    public string Token { get; }

    /// <summary>Checks a request. Returns the HTTP status of the refusal, or null if the request is accepted.</summary>
    /// <param name="request">The request to check.</param>
    /// <param name="port">The port of the server.</param>
    /// <param name="page">The part of the path after the token. The list of reports has an empty part.</param>
    public int? Refuse(HttpRequest request, int port, out string page)
    {
        page = "";
        // A request with the method "get" is refused, because HTTP methods are case-sensitive.
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

    /// <summary>The address that is shown to the user.</summary>
    public Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/{Token}/"));

    // Compares in constant time, so that the duration does not reveal how much of the token is correct.
    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);
}
