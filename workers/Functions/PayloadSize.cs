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

    /// <summary>Creates a payload whose JSON has exactly this size.</summary>
    /// <param name="timestamp">The creation time, in Unix milliseconds. The size includes its digits.</param>
    /// <param name="letter">
    /// The letter to repeat. If the remaining bytes are too few for this letter, <see cref="PlainLetter"/> fills them.
    /// </param>
    public Payload CreatePayload(long timestamp, char letter = PlainLetter)
    {
        var metadata = new PayloadMetadata(timestamp);
        int empty = JsonBytes("");
        int room = Bounds.Check(Bytes, "payloadSize") - empty;
        int each = JsonBytes(letter.ToString()) - empty;
        return new Payload(new string(letter, room / each) + new string(PlainLetter, room % each), metadata);

        int JsonBytes(string data) => Of(new Payload(data, metadata)).Bytes;
    }

    /// <inheritdoc/>
    public override string ToString() => Label;
}
