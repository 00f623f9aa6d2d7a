using MessagePack;
using MessagePack.Resolvers;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>Variants of <see cref="MessagePackWire"/> with other library options. They support only the function <c>echo</c>.</summary>
internal static class MessagePackVariantWire
{
    /// <summary>The encoding with the formatters of <see cref="MessagePackWire"/> and the library's LZ4 compression.</summary>
    public static readonly WireFormat Lz4 = new MessagePackVariantWire<ExecuteResponse>(MessagePackSerializerOptions.Standard
        .WithResolver(CompositeResolver.Create(RequestFormatter.Shared, new ResponseFormatter<Payload>(PayloadFormatter.Shared)))
        .WithCompression(MessagePackCompression.Lz4BlockArray));

    /// <summary>The encoding with the library's generated formatters. They write each record as a map from member name to value.</summary>
    public static readonly WireFormat Names =
        new MessagePackVariantWire<ExecuteResponse<Payload>>(ContractlessStandardResolver.Options);
}

/// <summary>Encodes messages as MessagePack with the given library options.</summary>
/// <typeparam name="TResponse">The type of the responses. The options must have a formatter for it.</typeparam>
internal sealed class MessagePackVariantWire<TResponse>(MessagePackSerializerOptions options) : WireFormat
    where TResponse : ExecuteResponse
{
    private readonly MessagePackSerializerOptions _options = options.WithSecurity(MessagePackSecurity.UntrustedData);

    public override string ContentType => MessagePackWire.Shared.ContentType;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request) => MessagePackSerializer.Serialize(body, request, _options);

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        try
        {
            ExecuteRequest request = MessagePackSerializer.Deserialize<ExecuteRequest>(body, _options, out int read);
            // Missing members are detected here, because the library reads a missing member as null and does not throw.
            return read != body.Length ? throw NoRequest("more follows it.")
                : request is { FunctionId: not null } && IsComplete(request.Payload) ? request
                : throw NoRequest("a member is missing.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function) =>
        MessagePackSerializer.Serialize(body, (TResponse)response, _options);

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            ExecuteResponse response = MessagePackSerializer.Deserialize<TResponse>(body, _options, out int read);
            return read != body.Length ? throw NoResponse(function, "more follows it.")
                : response is ExecuteResponse<Payload> { Result: var payload } && IsComplete(payload) ? response
                : throw NoResponse(function, "a member is missing.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoResponse(function, e.Message, e);
        }
    }

    private static bool IsComplete(Payload? payload) => payload is { Data: not null, Metadata: not null };
}
