using System.Buffers;
using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The form of an address, which is absolute.</summary>
internal static class UrlForm
{
    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    /// <summary>Checks that the string that the reader stands on begins with a scheme; the rest is judged when it is read.</summary>
    public static void Check(in Utf8JsonReader reader)
    {
        if (!HasScheme(JsonText.Read(in reader)))
        {
            throw new RpcProtocolException("Malformed url: expected an absolute one.");
        }
    }

    /// <summary>Reads the form from behind its code to its end.</summary>
    public static Uri Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        string text = JsonText.Read(in reader);
        FormGrammar.SkipToEnd(ref reader);
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            ? address
            : throw FormReader.Unexpected("a url that .NET can read", "another");
    }

    public static void Write(ExpressionWriter writer, Uri address)
    {
        writer.WriteRaw("[\"url\","u8);
        writer.WriteString(Text(address));
        writer.WriteRaw((byte)']');
    }

    // As the WHATWG parser writes it, so far as .NET's escapes agree with it.
    private static string Text(Uri address)
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
            && !text.AsSpan(0, colon).ContainsAnyExcept(SchemeCharacters);
    }
}
