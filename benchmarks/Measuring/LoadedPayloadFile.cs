using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Measuring;

/// <summary>A user's JSON file, whose text is the data of an additional payload, or a folder of such files.</summary>
/// <param name="Path">The full path of the file or folder.</param>
/// <param name="Text">The file's text without a byte order mark. Null for a folder.</param>
/// <param name="Report">The description of the file or folder in reports.</param>
internal sealed record LoadedPayloadFile(string Path, string? Text, PayloadFileReport Report)
{
    /// <summary>The largest number of files in a folder. Each of them is a case of each method and function.</summary>
    public const int MaxFiles = 100;

    private const string Expected = "Expected: one JSON value in UTF-8";
    private const string FilePattern = "*.json";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The texts of a folder's files, in the order of <see cref="PayloadFileReport.Files"/>. Null for a file.</summary>
    public IReadOnlyList<string>? Texts { get; private init; }

    /// <summary>Reads and checks a file, or each JSON file of a folder.</summary>
    /// <param name="given">The path as the user wrote it.</param>
    /// <exception cref="UnusableInputException">
    /// A file cannot be read, is not JSON in UTF-8, or makes a payload outside <see cref="PayloadSize.Bounds"/>. Or a folder has no JSON
    /// file, too many of them, or two with the same label.
    /// </exception>
    public static LoadedPayloadFile Read(string given) => Directory.Exists(given) ? ReadFolder(given) : ReadFile(given);

    private static LoadedPayloadFile ReadFolder(string given)
    {
        string named = $"{PayloadFileReport.Option} '{given}'";
        string[] paths = FilesOf(given, named);
        if (paths.Length is 0 or > MaxFiles)
        {
            throw new UnusableInputException(FormattableString.Invariant($"{named} is a folder with {paths.Length} files {FilePattern}. ")
                + FormattableString.Invariant($"Expected: a file, or a folder with 1 to {MaxFiles} of them."));
        }

        LoadedPayloadFile[] files = [.. paths.Select(ReadFile)];
        FolderFileReport[] reports =
        [
            .. files.Select(file => file.Report)
                .Select(report => new FolderFileReport(report.Name, report.Bytes, report.Sha256, report.PayloadBytes)),
        ];
        ILookup<string, FolderFileReport> byLabel = reports.ToLookup(file => file.Label, StringComparer.OrdinalIgnoreCase);
        if (byLabel.FirstOrDefault(files => files.Count() > 1) is { } same)
        {
            throw new UnusableInputException(
                $"{named} has files with the same label {same.Key}: {string.Join(", ", same.Select(file => file.Name))}.");
        }

        string lines = string.Concat(reports.Select(file => $"{file.Name} {file.Sha256}\n"));
        return new LoadedPayloadFile(IoPath.GetFullPath(given), Text: null, new PayloadFileReport
        {
            Name = new DirectoryInfo(given).Name,
            Bytes = reports.Sum(file => file.Bytes),
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(lines))),
            PayloadBytes = (int)Math.Round(reports.Average(file => file.PayloadBytes)),
            Files = reports,
        })
        {
            Texts = [.. files.Select(file => file.Text!)],
        };
    }

    private static string[] FilesOf(string folder, string named)
    {
        try
        {
            string[] paths = Directory.GetFiles(folder, FilePattern);
            Array.Sort(paths, StringComparer.Ordinal);
            return paths;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{named} cannot be read: {e.Message}", e);
        }
    }

    private static LoadedPayloadFile ReadFile(string given)
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
            ? new LoadedPayloadFile(IoPath.GetFullPath(given), text, new PayloadFileReport
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
        if (given.Length == 0)
        {
            throw new UnusableInputException($"{named} is no path. Expected: the path of a file or folder.");
        }

        try
        {
            if (FileContent.IsMissing(given))
            {
                throw new UnusableInputException($"{named} is {FileContent.Missing}. {Expected}.");
            }

            // Reads at most one byte more than the size limit. A longer file is refused, because its text is never shorter as a JSON
            // string than as a file.
            byte[] bytes = new byte[Encoding.UTF8.Preamble.Length + PayloadSize.Bounds.Max + 1];
            using FileStream file = File.OpenRead(given);
            int read = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (read < bytes.Length)
            {
                return bytes[..read];
            }

            long length = file.CanSeek ? Math.Max(file.Length, read) : read;
            throw OutOfBounds(named, string.Create(CultureInfo.InvariantCulture, $"at least {length}"));
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
        // The nesting depth is not limited, because the methods transfer the text as a string and never parse it.
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = json.Length });
        try
        {
            while (reader.Read())
            {
            }
        }
        catch (JsonException e)
        {
            // The exception's message ends with a position that counts from 0. It is cut off, because our message counts from 1.
            string reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw Unreadable(named, $"no JSON ({reason})", e.LineNumber!.Value, e.BytePositionInLine!.Value, e);
        }
    }

    private static UnusableInputException Unreadable(string named, string what, long linesBefore, long bytesBefore, Exception inner) =>
        new(FormattableString.Invariant($"{named} is {what} at line {linesBefore + 1}, byte {bytesBefore + 1}. {Expected}."), inner);

    private static UnusableInputException OutOfBounds(string named, string payloadBytes) => new(
        FormattableString.Invariant($"{named} as a payload's data makes {payloadBytes} {PayloadSize.Bounds.What}: ")
        + FormattableString.Invariant($"expected {PayloadSize.Bounds.Min} to {PayloadSize.Bounds.Max}."));
}
