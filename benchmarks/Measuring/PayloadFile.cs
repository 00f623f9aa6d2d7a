using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>A user's JSON text, measured as one more payload: what stands in the file, to the letter, is the payload's data.</summary>
/// <param name="Path">The file's full path.</param>
/// <param name="Text">Its text, without a byte order mark.</param>
/// <param name="Report">What the reports say of it.</param>
internal sealed record PayloadFile(string Path, string Text, PayloadFileReport Report)
{
    private const string Expected = "Expected: one JSON value in UTF-8";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="given">Where it is, as the user gave it.</param>
    /// <exception cref="UnusableInputException">It cannot be read, is no JSON in UTF-8, or its payload is not within <see cref="PayloadSize.Bounds"/>.</exception>
    public static PayloadFile Read(string given)
    {
        string named = $"{PayloadFileReport.Option} '{given}'";
        byte[] bytes = ReadBytes(given, named);
        ReadOnlySpan<byte> json = bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(Encoding.UTF8.Preamble.Length) : bytes;
        if (json.IsEmpty)
        {
            throw new UnusableInputException($"{named} is empty. {Expected}.");
        }

        string text = Decode(json, named);
        RequireJson(json, named);
        int payloadBytes = PayloadSize.Of(new Payload(text, new PayloadMetadata(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()))).Bytes;
        return PayloadSize.Bounds.Holds(payloadBytes)
            ? new PayloadFile(IoPath.GetFullPath(given), text, new PayloadFileReport
            {
                Name = IoPath.GetFileName(given),
                Bytes = bytes.Length,
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(bytes)),
                PayloadBytes = payloadBytes,
            })
            : throw OutOfBounds(named, string.Create(CultureInfo.InvariantCulture, $"{payloadBytes}"));
    }

    private static byte[] ReadBytes(string given, string named)
    {
        if (given.Length == 0 || Directory.Exists(given))
        {
            throw new UnusableInputException($"{named} is {(given.Length == 0 ? "no path" : "a folder")}. Expected: the path of a file.");
        }

        try
        {
            // In JSON no text is shorter than in UTF-8, so the payload of a longer file is out of bounds, whatever it holds.
            byte[] bytes = new byte[Encoding.UTF8.Preamble.Length + PayloadSize.Bounds.Max + 1];
            using FileStream file = File.OpenRead(given);
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return read < bytes.Length
                ? bytes[..read]
                : throw OutOfBounds(named, string.Create(CultureInfo.InvariantCulture, $"at least {(file.CanSeek ? Math.Max(file.Length, read) : read)}"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnusableInputException($"{named} cannot be read: {e.Message}", e);
        }
    }

    private static string Decode(ReadOnlySpan<byte> json, string named)
    {
        try
        {
            return s_strict.GetString(json);
        }
        catch (DecoderFallbackException e)
        {
            ReadOnlySpan<byte> before = json[..e.Index];
            int lineStart = before.LastIndexOf((byte)'\n') + 1;
            throw Unreadable(named, "no UTF-8", before.Count((byte)'\n'), before.Length - lineStart, e);
        }
    }

    private static void RequireJson(ReadOnlySpan<byte> json, string named)
    {
        // However deep: nothing here or in a method reads it.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = json.Length });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            // The place ends its message too, counted from 0.
            throw Unreadable(named, $"no JSON ({e.Message.Split(" LineNumber:")[0].TrimEnd('.')})", e.LineNumber!.Value, e.BytePositionInLine!.Value, e);
        }
    }

    private static UnusableInputException Unreadable(string named, string what, long linesBefore, long bytesBefore, Exception inner) =>
        new(FormattableString.Invariant($"{named} is {what} at line {linesBefore + 1}, byte {bytesBefore + 1}. {Expected}."), inner);

    private static UnusableInputException OutOfBounds(string named, string payloadBytes) => new(FormattableString.Invariant(
        $"{named} as a payload's data makes {payloadBytes} {PayloadSize.Bounds.What}: expected {PayloadSize.Bounds.Min} to {PayloadSize.Bounds.Max}."));
}
