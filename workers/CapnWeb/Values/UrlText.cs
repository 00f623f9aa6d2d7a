using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Addresses in a url form: absolute ones.</summary>
internal static class UrlText
{
    /// <summary>Checks that the string that the reader stands on begins with a scheme; the rest is judged when it is read.</summary>
    public static void Check(in Utf8JsonReader reader)
    {
        if (!HasScheme(JsonText.Read(in reader)))
        {
            throw new RpcProtocolException("Malformed url: expected an absolute one.");
        }
    }

    /// <summary>Reads an absolute address.</summary>
    public static Uri Parse(string text) =>
        HasScheme(text) && Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            ? address
            : throw new JsonException("expected a url that .NET can read");

    /// <summary>The address as the WHATWG parser writes it, so far as .NET's escapes agree with it.</summary>
    public static string Format(Uri address)
    {
        if (!address.IsAbsoluteUri)
        {
            throw new RpcValueException($"Url '{address}' cannot be sent: expected an absolute one.");
        }

        return address.Host.Length > 0 && address.Host != address.IdnHost && address.HostNameType == UriHostNameType.Dns
            ? new UriBuilder(address) { Host = address.IdnHost, Port = address.IsDefaultPort ? -1 : address.Port }.Uri.AbsoluteUri
            : address.AbsoluteUri;
    }

    // .NET on Unix takes a path for an absolute file address.
    private static bool HasScheme(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(text[0])
            && !text.AsSpan(0, colon).ContainsAnyExcept("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
    }
}
