using System.Text.Json;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// The form <c>["bytes", base64, type]</c>. The type is a JavaScript type such as Int16Array. It is omitted for Uint8Array.
/// </summary>
internal sealed class BytesForm : ValueForm
{
    public static readonly BytesForm Instance = new();

    private BytesForm()
        : base("bytes")
    {
    }

    public override IReadOnlyList<WireType> Types { get; } =
    [
        WireType.Of(new RpcBufferConverter()),
        WireType.Of(new ByteArrayConverter()),
        WireType.OfStruct(new ReadOnlyMemoryConverter()),
        WireType.OfStruct(new MemoryConverter()),
    ];

    public static void Write(ExpressionWriter writer, ReadOnlySpan<byte> bytes, RpcBufferKind kind = RpcBufferKind.Uint8Array)
    {
        writer.WriteRaw("[\"bytes\",\""u8);
        Base64Text.Write(writer, bytes);
        writer.WriteRaw((byte)'"');
        if (kind != RpcBufferKind.Uint8Array)
        {
            writer.WriteRaw((byte)',');
            writer.WriteString(kind.ToString());
        }

        writer.WriteRaw((byte)']');
    }

    public override void Scan(ref Utf8JsonReader reader, in FormPlace place, ref MentionList mentions)
    {
        FormGrammar.String(ref reader, Name, "base64");
        Utf8JsonReader text = reader;
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        FormGrammar.Expect(in reader, JsonTokenType.String, Name, "a type");
        if (KindOf(in reader) is not { } kind)
        {
            throw new RpcValueException($"Malformed bytes: unknown type. Known: {string.Join(", ", Enum.GetNames<RpcBufferKind>())}.");
        }

        int size = RpcBuffer.ElementSize(kind);
        if (size > 1 && Base64Text.DecodedLength(in text) % size != 0)
        {
            throw new RpcValueException($"Malformed bytes: expected a multiple of {size} bytes for {kind}.");
        }

        FormGrammar.SkipToEnd(ref reader);
    }

    public override object Read(ref Utf8JsonReader reader, int start)
    {
        RpcBuffer buffer = Read(ref reader);
        return buffer.Kind == RpcBufferKind.Uint8Array ? buffer.ToByteArray() : buffer;
    }

    /// <summary>Reads a form that has been scanned. Moves the reader from the type code to the closing bracket.</summary>
    public static RpcBuffer Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        byte[] bytes = Base64Text.Read(in reader);
        RpcBufferKind kind = RpcBufferKind.Uint8Array;
        if (FormGrammar.Next(ref reader))
        {
            kind = KindOf(in reader) ?? throw new RefusedValueException("expected a type of bytes");
            FormGrammar.SkipToEnd(ref reader);
        }

        return new RpcBuffer(kind, bytes);
    }

    private static RpcBufferKind? KindOf(in Utf8JsonReader reader)
    {
        foreach (RpcBufferKind kind in Enum.GetValues<RpcBufferKind>())
        {
            if (JsonText.Is(in reader, kind.ToString()))
            {
                return kind;
            }
        }

        return null;
    }
}
