using MessagePack;
using MessagePack.Resolvers;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The MessagePack of <see cref="MessagePackWire"/> within the library's LZ4 blocks. Of a payload's echo alone.</summary>
internal sealed class MessagePackLz4Wire : WireFormat
{
    public static readonly MessagePackLz4Wire Shared = new();

    private static readonly MessagePackSerializerOptions s_options = MessagePackSerializerOptions.Standard
        .WithResolver(CompositeResolver.Create(RequestFormatter.Shared, new ResponseFormatter<Payload>(PayloadFormatter.Shared)))
        .WithSecurity(MessagePackSecurity.UntrustedData)
        .WithCompression(MessagePackCompression.Lz4BlockArray);

    private MessagePackLz4Wire()
    {
    }

    public override string ContentType => MessagePackWire.Shared.ContentType;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request) => MessagePackSerializer.Serialize(body, request, s_options);

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        try
        {
            ExecuteRequest request = MessagePackSerializer.Deserialize<ExecuteRequest>(body, s_options, out int read);
            return read == body.Length ? request : throw NoRequest("more follows it.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function) => MessagePackSerializer.Serialize(body, response, s_options);

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            ExecuteResponse response = MessagePackSerializer.Deserialize<ExecuteResponse>(body, s_options, out int read);
            return read == body.Length ? response : throw NoResponse(function, "more follows it.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoResponse(function, e.Message, e);
        }
    }
}
