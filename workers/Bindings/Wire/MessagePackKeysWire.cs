using MessagePack;
using MessagePack.Resolvers;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>
/// Encodes messages to the same bytes as <see cref="MessagePackWire"/>, but by the formatters that the library generates. The library needs
/// attributes, which the messages' own records lack, so each message is copied to a record that has them. It supports only the function
/// <c>echo</c>.
/// </summary>
internal sealed class MessagePackKeysWire : WireFormat
{
    public static readonly WireFormat Shared = new MessagePackKeysWire();

    private static readonly MessagePackSerializerOptions s_options =
        StandardResolverAllowPrivate.Options.WithSecurity(MessagePackSecurity.UntrustedData);

    private MessagePackKeysWire()
    {
    }

    public override string ContentType => MessagePackWire.Shared.ContentType;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request) =>
        MessagePackSerializer.Serialize(body, new KeyedRequest(request.FunctionId, Keyed(request.Payload), request.Timestamp), s_options);

    public override ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body)
    {
        try
        {
            KeyedRequest request = MessagePackSerializer.Deserialize<KeyedRequest>(body, s_options, out int read);
            return read != body.Length ? throw NoRequest("more follows it.")
                : request is { FunctionId: not null } && PayloadOf(request.Payload) is { } payload
                    ? new ExecuteRequest(request.FunctionId, payload, request.Timestamp)
                : throw NoRequest("a member is missing.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoRequest(e.Message, e);
        }
    }

    public override void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function) => MessagePackSerializer.Serialize(
        body,
        new KeyedResponse(
            Keyed(((ExecuteResponse<Payload>)response).Result), response.RuntimeTimestamp, response.ExecutionTimeMs),
        s_options);

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        try
        {
            KeyedResponse response = MessagePackSerializer.Deserialize<KeyedResponse>(body, s_options, out int read);
            return read != body.Length ? throw NoResponse(function, "more follows it.")
                : PayloadOf(response?.Result) is { } payload
                    ? new ExecuteResponse<Payload>(payload, response!.RuntimeTimestamp, response.ExecutionTimeMs)
                : throw NoResponse(function, "a member is missing.");
        }
        catch (Exception e) when (MessagePackWire.IsUnreadable(e))
        {
            throw NoResponse(function, e.Message, e);
        }
    }

    private static KeyedPayload Keyed(Payload payload) => new(payload.Data, new KeyedMetadata(payload.Metadata.Timestamp));

    // The library reads a missing member as null and does not throw.
    private static Payload? PayloadOf(KeyedPayload? payload) => payload is { Data: not null, Metadata: { } metadata }
        ? new Payload(payload.Data, new PayloadMetadata(metadata.Timestamp))
        : null;

    [MessagePackObject]
    internal sealed record KeyedRequest(
        [property: Key(0)] string FunctionId, [property: Key(1)] KeyedPayload Payload, [property: Key(2)] long Timestamp);

    [MessagePackObject]
    internal sealed record KeyedResponse(
        [property: Key(0)] KeyedPayload Result, [property: Key(1)] long RuntimeTimestamp, [property: Key(2)] double ExecutionTimeMs);

    [MessagePackObject]
    internal sealed record KeyedPayload([property: Key(0)] string Data, [property: Key(1)] KeyedMetadata Metadata);

    [MessagePackObject]
    internal sealed record KeyedMetadata([property: Key(0)] long Timestamp);
}
