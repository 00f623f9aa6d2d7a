using System.ComponentModel.DataAnnotations;
using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>The identity of the user's payload file in a report. The file's folder is left out.</summary>
public sealed record PayloadFileReport
{
    /// <summary>The option that gives the payload file.</summary>
    public const string Option = "--payload-file";

    /// <summary>The label of the payload file in case names, filters and reports.</summary>
    public const string Label = "file";

    private const int Sha256Digits = 64;
    private const int ShownDigits = 12;

    /// <summary>The file's name, without its folder.</summary>
    [MinLength(1)]
    public required string Name { get; init; }

    /// <summary>The file's length, in bytes.</summary>
    [Range(1, double.PositiveInfinity)]
    public required int Bytes { get; init; }

    /// <summary>The SHA-256 of the file's bytes, in 64 lowercase hexadecimal digits.</summary>
    [RegularExpression("^[0-9a-f]{64}$")]
    public required string Sha256 { get; init; }

    /// <summary>The size of the payload as JSON, in bytes: the file's text with JSON escapes, and the metadata.</summary>
    [Range(PayloadSize.MinBytes, PayloadSize.MaxBytes)]
    public required int PayloadBytes { get; init; }

    /// <summary>Whether the values are plausible. They might not be if the report was damaged or edited.</summary>
    internal bool IsPossible =>
        Name.Length > 0 && Bytes > 0
        && Sha256.Length == Sha256Digits && Sha256.All(char.IsAsciiHexDigitLower)
        && PayloadSize.Bounds.Holds(PayloadBytes);

    /// <summary>Describes the file in one line for messages: its name, its length and the first 12 digits of its hash.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}, {Bytes} bytes, sha256 {Sha256[..ShownDigits]}");
}
