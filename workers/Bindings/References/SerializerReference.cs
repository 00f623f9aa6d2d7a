using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// Measures only the serialization: serializes and deserializes the request and the response in one buffer, without a
/// transport.
/// </summary>
public abstract class SerializerReference : Reference
{
    private protected abstract WireFormat Format { get; }

    /// <inheritdoc/>
    public sealed override IRuntimeStub Connect(IRuntimeHost host) => new Stub(Format);

    private sealed class Stub(WireFormat format) : IRuntimeStub
    {
        private readonly Function _echo = FunctionList.Find("echo");
        private long _requestBytes;
        private long _responseBytes;

        /// <summary>The number of bytes of the encoded requests and responses. This reference does not send these bytes.</summary>
        public Traffic Traffic => new(_requestBytes, _responseBytes);

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            using ByteBuffer body = ByteBuffer.Rent();
            format.WriteRequest(body, request);
            _requestBytes += body.Written.Length;
            ExecuteRequest decoded = format.ReadRequest(body.Written);
            body.Clear();
            format.WriteResponse(body, new ExecuteResponse<Payload>(decoded.Payload, decoded.Timestamp, ExecutionTimeMs: 0), _echo);
            _responseBytes += body.Written.Length;
            return new(format.ReadResponse(body.Written, _echo));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>Measures the JSON serialization that the HTTP bindings use.</summary>
public sealed class JsonReference : SerializerReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Json;

    /// <inheritdoc/>
    public override string Settings => "source-generated JSON of request and response, written and read, nothing moved";

    private protected override WireFormat Format => JsonWire.Shared;
}

/// <summary>Measures the MessagePack serialization that <c>pipe</c> and <c>service-binding-messagepack</c> use.</summary>
public sealed class MessagePackReference : SerializerReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.MessagePack;

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response by hand-written formatters, written and read, nothing moved";

    private protected override WireFormat Format => MessagePackWire.Shared;
}
