using System.Buffers;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["url", address]</c>, which is an absolute URL.</summary>
internal sealed class UrlForm : ValueForm
{
    public static readonly UrlForm Instance = new();

    private static readonly SearchValues<char> s_schemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    private UrlForm()
        : base("url")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } = [WireType.Of(new UriConverter())];

    // Checks only that the address has a scheme. If .NET later cannot parse the address, the call fails and the session continues.
    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "an address");
        if (!HasScheme(JsonText.Read(in reader)))
        {
            throw new RpcValueException("Malformed url: expected an absolute one.");
        }

        FormGrammar.End(ref reader, Name);
    }

    public override object Read(ref Utf8JsonReader reader, int start) => Read(ref reader);

    /// <summary>Reads a form that has been scanned. Moves the reader from the type code to the closing bracket.</summary>
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

    // Returns the address with its host in ASCII, like JavaScript's URL parser. A few rare characters are escaped differently.
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

    // Searches for the scheme in the text, because Uri.TryCreate accepts a Unix path as an absolute file address.
    private static bool HasScheme(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(text[0])
            && !text.AsSpan(0, colon).ContainsAnyExcept(s_schemeCharacters);
    }
}
