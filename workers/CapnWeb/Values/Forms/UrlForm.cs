using System.Buffers;
using System.Text;
using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>The form <c>["url", address]</c>, which is an absolute URL.</summary>
internal sealed class UrlForm : ValueForm
{
    public static readonly UrlForm Instance = new();

    private static readonly SearchValues<char> s_schemeCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

    // The parser of .NET takes a time that grows with the square of a host's labels: 9 s for 600 000 of them.
    private const int MaxHostLength = 255;
    private const int MaxLength = 64 * 1024;

    private UrlForm()
        : base("url")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } = [WireType.Of(new UriConverter())];

    // Checks only the scheme and the lengths. If .NET later cannot parse the address, the call fails and the session continues.
    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "an address");
        string text = JsonText.Read(in reader);
        if (!HasScheme(text))
        {
            throw new RpcValueException("Malformed url: expected an absolute one.");
        }

        if (text.Length > MaxLength || HostLength(text) > MaxHostLength)
        {
            throw new RpcValueException(
                $"Malformed url: at most {MaxLength} characters are accepted, and {MaxHostLength} before the path.");
        }

        mentions.AddConversion(ConversionUnits(in reader), place.Limits);
        FormGrammar.End(ref reader, Name);
    }

    // To read and write a url with other characters than ASCII takes about 7 µs, and 0.1 µs for each of its characters.
    public override long ConversionUnits(ref readonly Utf8JsonReader reader)
    {
        const int UnitsOfOne = 10;
        const int CharactersPerUnit = 8;
        const int UnitsOfInternational = 75;
        int length = reader.ValueSpan.Length;
        return !reader.ValueIsEscaped && Ascii.IsValid(reader.ValueSpan)
            ? UnitsOfOne + (length / CharactersPerUnit)
            : UnitsOfInternational + length;
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
        string text;
        try
        {
            text = Text(address);
        }
        catch (Exception error) when (error is not RpcException)
        {
            // For example a host whose form in ASCII is too long.
            throw new RpcValueException("A url cannot be sent: .NET cannot write it.", error);
        }

        writer.WriteRaw("[\"url\","u8);
        writer.WriteString(text);
        writer.WriteRaw((byte)']');
    }

    // Returns the address with its host in ASCII, like JavaScript's URL parser. A few rare characters are escaped differently.
    private static string Text(Uri address)
    {
        if (!address.IsAbsoluteUri)
        {
            throw new RpcValueException("A url cannot be sent: expected an absolute one.");
        }

        return address.Host.Length > 0 && address.Host != address.IdnHost && address.HostNameType == UriHostNameType.Dns
            ? new UriBuilder(address) { Host = address.IdnHost, Port = address.IsDefaultPort ? -1 : address.Port }.Uri.AbsoluteUri
            : address.AbsoluteUri;
    }

    // Returns the length of the part with the host: what follows the slashes after the scheme. In a mailto address no slashes precede it.
    private static int HostLength(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        ReadOnlySpan<char> rest = text.AsSpan(colon + 1);
        ReadOnlySpan<char> host = rest.TrimStart("/\\");
        if (host.Length == rest.Length && !text.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
        {
            return 0;
        }

        int end = host.IndexOfAny("/\\?#");
        return end < 0 ? host.Length : end;
    }

    // Searches for the scheme in the text, because Uri.TryCreate accepts a Unix path as an absolute file address.
    private static bool HasScheme(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && char.IsAsciiLetter(text[0])
            && !text.AsSpan(0, colon).ContainsAnyExcept(s_schemeCharacters);
    }
}
