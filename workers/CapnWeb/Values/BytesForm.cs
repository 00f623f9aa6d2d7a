using System.Text.Json;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>The form of bytes: base64, and the JavaScript type where it is not Uint8Array.</summary>
internal static class BytesForm
{
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

    /// <summary>Checks the form from behind its code to its end.</summary>
    public static void Check(ref Utf8JsonReader reader)
    {
        FormGrammar.String(ref reader, "bytes", "base64");
        Utf8JsonReader text = reader;
        if (!FormGrammar.Next(ref reader))
        {
            return;
        }

        FormGrammar.Expect(in reader, JsonTokenType.String, "bytes", "a type");
        if (KindOf(in reader) is not { } kind)
        {
            throw new RpcProtocolException($"Malformed bytes: unknown type. Known: {string.Join(", ", Enum.GetNames<RpcBufferKind>())}.");
        }

        int size = RpcBuffer.ElementSize(kind);
        if (size > 1 && Base64Text.DecodedLength(in text) % size != 0)
        {
            throw new RpcProtocolException($"Malformed bytes: expected a multiple of {size} bytes for {kind}.");
        }

        FormGrammar.SkipToEnd(ref reader);
    }

    /// <summary>Reads the form from behind its code to its end.</summary>
    public static RpcBuffer Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        byte[] bytes = Base64Text.Read(in reader);
        RpcBufferKind kind = RpcBufferKind.Uint8Array;
        if (FormGrammar.Next(ref reader))
        {
            kind = KindOf(in reader) ?? throw new JsonException("expected a type of bytes");
            FormGrammar.SkipToEnd(ref reader);
        }

        return new RpcBuffer(kind, bytes);
    }

    private static RpcBufferKind? KindOf(in Utf8JsonReader reader)
    {
        foreach (RpcBufferKind kind in Enum.GetValues<RpcBufferKind>())
        {
            if (reader.ValueTextEquals(kind.ToString()))
            {
                return kind;
            }
        }

        return null;
    }
}
