using System.Globalization;
using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>The size of a payload, measured as the number of bytes of its JSON.</summary>
/// <param name="Bytes">The number of bytes. A payload can only be created if it is within <see cref="Bounds"/>.</param>
public readonly record struct PayloadSize(int Bytes)
{
    /// <summary>The default letter that fills a payload. It has one byte in JSON.</summary>
    public const char PlainLetter = 'x';

    /// <summary>The smallest valid payload size, in bytes of JSON.</summary>
    public const int MinBytes = 64;

    /// <summary>The largest valid payload size, in bytes of JSON.</summary>
    public const int MaxBytes = 1_000_000;

    /// <summary>The valid range of payload sizes.</summary>
    public static readonly Bounds<int> Bounds = new(MinBytes, MaxBytes, "bytes of JSON");

    /// <summary>The payload sizes that a run measures, in the order of the reports.</summary>
    public static readonly IReadOnlyList<PayloadSize> Standard = [new(100), new(1_000), new(10_000), new(100_000)];

    /// <summary>The name of the size in reports and filters, such as <c>100B</c> or <c>1KB</c> (1 KB is 1 000 bytes).</summary>
    public string Label => Bytes % 1000 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1000}KB")
        : string.Create(CultureInfo.InvariantCulture, $"{Bytes}B");

    /// <summary>Returns the size of a payload.</summary>
    public static PayloadSize Of(Payload payload) => new(JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload).Length);

    /// <summary>Creates a payload whose JSON has exactly this size. The same arguments always create the same payload.</summary>
    /// <param name="timestamp">The creation time, in Unix milliseconds. The size includes its digits.</param>
    /// <param name="kind">The kind of text in the payload's data.</param>
    public Payload CreatePayload(long timestamp, PayloadKind kind = PayloadKind.Letters) =>
        Create(timestamp, jsonBytes => PayloadText.Of(kind, jsonBytes));

    /// <summary>Creates a payload of one repeated letter whose JSON has exactly this size.</summary>
    /// <param name="timestamp">The creation time, in Unix milliseconds. The size includes its digits.</param>
    /// <param name="letter">
    /// The letter to repeat. If the remaining bytes are too few for this letter, <see cref="PlainLetter"/> fills them.
    /// </param>
    public Payload CreatePayload(long timestamp, char letter) => Create(timestamp, jsonBytes => PayloadText.Of(letter, jsonBytes));

    private Payload Create(long timestamp, Func<int, string> textOf)
    {
        var metadata = new PayloadMetadata(timestamp);
        int empty = Of(new Payload("", metadata)).Bytes;
        return new Payload(textOf(Bounds.Check(Bytes, "payloadSize") - empty), metadata);
    }

    /// <inheritdoc/>
    public override string ToString() => Label;
}
