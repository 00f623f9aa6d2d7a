using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The identity of the user's payload in a report: one file, or a folder of files. The path of the folder that contains it is left out.
/// </summary>
public sealed record PayloadFileReport
{
    /// <summary>The option that gives the payload file.</summary>
    public const string Option = "--payload-file";

    /// <summary>
    /// The label of the payload in case names, filters and reports. For a folder, it names the mix: all files of the folder, drawn in turn.
    /// </summary>
    public const string Label = "file";

    /// <summary>What the labels of a folder's files begin with. The file's name follows.</summary>
    internal const string LabelPrefix = Label + "-";

    private const int Sha256Digits = 64;
    private const int ShownDigits = 12;

    /// <summary>The name of the file or folder, without the folder that contains it.</summary>
    [MinLength(1)]
    public required string Name { get; init; }

    /// <summary>The length of the file, or of all files of the folder, in bytes.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Bytes { get; init; }

    /// <summary>
    /// The SHA-256 of the file's bytes, in 64 lowercase hexadecimal digits. For a folder, that of a line for each file: its name, a space
    /// and its SHA-256.
    /// </summary>
    [RegularExpression("^[0-9a-f]{64}$")]
    public required string Sha256 { get; init; }

    /// <summary>
    /// The size of the payload as JSON, in bytes: the file's text with JSON escapes, and the metadata. For a folder, the mean of its files.
    /// </summary>
    [Range(PayloadSize.MinBytes, PayloadSize.MaxBytes)]
    public required int PayloadBytes { get; init; }

    /// <summary>
    /// The files of a folder, in the order in which they are drawn. Null, also in older reports, if the payload is one file.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [MinLength(1)]
    public IReadOnlyList<FolderFileReport>? Files { get; init; }

    /// <summary>The labels of all payloads that the user gave: the file or the mix, then each file of a folder.</summary>
    internal IEnumerable<string> Labels => [Label, .. (Files ?? []).Select(file => file.Label)];

    /// <summary>Whether a payload's label is that of the user's file, of the mix, or of a file of the user's folder.</summary>
    internal static bool IsLabel(string payload) => payload == Label || payload.StartsWith(LabelPrefix, StringComparison.Ordinal);

    /// <summary>Returns the size of the payload with the given label, in bytes of JSON. Null if the user gave no such payload.</summary>
    internal int? PayloadBytesOf(string label) =>
        label == Label ? PayloadBytes : Files?.FirstOrDefault(file => file.Label == label)?.PayloadBytes;

    /// <summary>Returns the size of the largest payload of the given label, in bytes of JSON. Null if the user gave none.</summary>
    internal int? LargestPayloadBytesOf(string label) =>
        label == Label && Files is not null ? Files.Max(file => file.PayloadBytes) : PayloadBytesOf(label);

    /// <summary>Whether two payloads have the same names and contents. The hash of a folder includes those of its files.</summary>
    public bool Equals(PayloadFileReport? other) => other is not null
        && (Name, Bytes, Sha256) == (other.Name, other.Bytes, other.Sha256)
        && (PayloadBytes, Files?.Count) == (other.PayloadBytes, other.Files?.Count);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Bytes, Sha256, PayloadBytes, Files?.Count);

    /// <summary>Whether the values are plausible. They might not be if the report was damaged or edited.</summary>
    internal bool IsPossible => Files is not { Count: 0 }
        && (Files ?? []).All(file => ArePossible(file.Name, file.Bytes, file.Sha256, file.PayloadBytes))
        && ArePossible(Name, Bytes, Sha256, PayloadBytes);

    private static bool ArePossible(string name, int bytes, string sha256, int payloadBytes) =>
        name.Length > 0 && bytes > 0
        && sha256.Length == Sha256Digits && sha256.All(char.IsAsciiHexDigitLower)
        && PayloadSize.Bounds.Holds(payloadBytes);

    /// <summary>Describes the payload in one line for messages: its name, its length and the first 12 digits of its hash.</summary>
    public override string ToString()
    {
        string files = Files is null ? "" : string.Create(CultureInfo.InvariantCulture, $", a folder of {Files.Count} files");
        return string.Create(CultureInfo.InvariantCulture, $"{Name}{files}, {Bytes} bytes, sha256 {Sha256[..ShownDigits]}");
    }
}

/// <summary>A file of the user's payload folder.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Bytes">The file's length, in bytes.</param>
/// <param name="Sha256">The SHA-256 of the file's bytes, in 64 lowercase hexadecimal digits.</param>
/// <param name="PayloadBytes">The size of the payload as JSON, in bytes.</param>
public sealed record FolderFileReport(
    [property: MinLength(1)] string Name,
    [property: Range(1, double.PositiveInfinity)] int Bytes,
    [property: RegularExpression("^[0-9a-f]{64}$")] string Sha256,
    [property: Range(PayloadSize.MinBytes, PayloadSize.MaxBytes)] int PayloadBytes)
{
    /// <summary>The label of the file when it is measured by itself.</summary>
    internal string Label => PayloadFileReport.LabelPrefix
        + string.Concat(Path.GetFileNameWithoutExtension(Name).Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-'));
}
