using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>Reads and writes bytes together with their JavaScript type.</summary>
internal sealed class RpcBufferConverter : JsonConverter<RpcBuffer>
{
    public override RpcBuffer Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ReadBuffer(ref reader);

    public override void Write(Utf8JsonWriter writer, RpcBuffer value, JsonSerializerOptions options) =>
        WriteBytes(writer, value.Bytes.Span, value.Kind);

    public static RpcBuffer ReadBuffer(ref Utf8JsonReader reader)
    {
        FormReader.Begin(ref reader, BytesForm.Instance, "bytes");
        return BytesForm.Read(ref reader);
    }

    public static void WriteBytes(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes, RpcBufferKind kind = RpcBufferKind.Uint8Array)
    {
        WriteScope scope = WriteScope.Current;
        int mark = scope.Scratch.Position;
        BytesForm.Write(scope.Scratch, bytes, kind);
        scope.Take(writer, mark);
    }
}

/// <summary>Reads a byte array from any binary type of JavaScript, such as ArrayBuffer. Writes a byte array as a Uint8Array.</summary>
internal sealed class ByteArrayConverter : JsonConverter<byte[]>
{
    public override byte[] Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RpcBufferConverter.ReadBuffer(ref reader).ToByteArray();

    public override void Write(Utf8JsonWriter writer, byte[] value, JsonSerializerOptions options) =>
        RpcBufferConverter.WriteBytes(writer, value);
}

/// <summary>Reads bytes of any JavaScript type, and writes a Uint8Array, like <see cref="ByteArrayConverter"/>.</summary>
internal sealed class ReadOnlyMemoryConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RpcBufferConverter.ReadBuffer(ref reader).Bytes;

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options) =>
        RpcBufferConverter.WriteBytes(writer, value.Span);
}

/// <summary>Reads bytes of any JavaScript type, and writes a Uint8Array, like <see cref="ByteArrayConverter"/>.</summary>
internal sealed class MemoryConverter : JsonConverter<Memory<byte>>
{
    public override Memory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RpcBufferConverter.ReadBuffer(ref reader).ToByteArray();

    public override void Write(Utf8JsonWriter writer, Memory<byte> value, JsonSerializerOptions options) =>
        RpcBufferConverter.WriteBytes(writer, value.Span);
}
