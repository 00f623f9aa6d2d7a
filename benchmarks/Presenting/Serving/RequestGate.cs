using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>
/// Lets through who was given the address: by this machine's own name for itself, with the token, by GET. Any program and any
/// page in the browser can reach a port of this machine; a page of another site even under that site's own name.
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

    /// <summary>Why a request is turned away, as a status; null where it is let through.</summary>
    /// <param name="request">The request.</param>
    /// <param name="port">Where the server listens.</param>
    /// <param name="page">What it asks for, beneath the token: empty for the list.</param>
    public int? Refuse(HttpRequest request, int port, out string page)
    {
        page = "";
        // Methods are told apart by case.
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

    // In a time that tells nothing of how much of it was right.
    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);
}
