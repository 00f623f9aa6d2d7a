using System.Globalization;
using System.Text.Json;

namespace WorkerRpc.Functions;

/// <summary>The size of a payload: the bytes of its JSON form.</summary>
/// <param name="Bytes">Within <see cref="Bounds"/> where a payload is to be made.</param>
public readonly record struct PayloadSize(int Bytes)
{
    /// <summary>The letter that a payload repeats where none is asked for: one byte of JSON.</summary>
    public const char PlainLetter = 'x';

    /// <summary>The sizes that can be asked for.</summary>
    public static readonly Bounds<int> Bounds = new(64, 1_000_000, "bytes of JSON");

    /// <summary>The sizes of the matrix, in the order of every report.</summary>
    public static readonly IReadOnlyList<PayloadSize> Standard = [new(100), new(1_000), new(10_000), new(100_000)];

    /// <summary>The name in reports and filters: <c>100B</c>, <c>1KB</c> (1 KB is 1 000 bytes).</summary>
    public string Label => Bytes % 1000 == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{Bytes / 1000}KB")
        : string.Create(CultureInfo.InvariantCulture, $"{Bytes}B");

    /// <summary>A payload's size.</summary>
    public static PayloadSize Of(Payload payload) => new(JsonSerializer.SerializeToUtf8Bytes(payload, WireJson.Default.Payload).Length);

    /// <summary>A payload whose JSON form has exactly this size.</summary>
    /// <param name="timestamp">When the payload is made, in Unix milliseconds; its digits are part of the size.</param>
    /// <param name="letter">What its text repeats. What room is too small for another is filled with <see cref="PlainLetter"/>.</param>
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
