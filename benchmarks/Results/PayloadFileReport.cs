using System.ComponentModel.DataAnnotations;
using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Identifies a payload file in a report, without the folder that it was in.</summary>
public sealed record PayloadFileReport
{
    /// <summary>The option that names the file.</summary>
    public const string Option = "--payload-file";

    /// <summary>The payload's label in case names, filters and reports.</summary>
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

    /// <summary>The payload's size as JSON, in bytes: the file's escaped text and the metadata.</summary>
    [Range(PayloadSize.MinBytes, PayloadSize.MaxBytes)]
    public required int PayloadBytes { get; init; }

    /// <summary>Whether the members are plausible. A damaged or edited report may have others.</summary>
    internal bool IsPossible =>
        Name.Length > 0 && Bytes > 0
        && Sha256.Length == Sha256Digits && Sha256.All(char.IsAsciiHexDigitLower)
        && PayloadSize.Bounds.Holds(PayloadBytes);

    /// <summary>The name, the length and the first 12 digits of the hash, as one line for messages.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}, {Bytes} bytes, sha256 {Sha256[..ShownDigits]}");
}
