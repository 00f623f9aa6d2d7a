using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.References;

/// <summary>Both ends' serialization of request and response alone, into one reused buffer, with all objects materialised.</summary>
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

        /// <summary>What was encoded, and would have to be moved.</summary>
        public Traffic Traffic => new(_requestBytes, _responseBytes);

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            using ByteBuffer body = ByteBuffer.Rent();
            format.WriteRequest(body, request);
            _requestBytes += body.Written.Length;
            ExecuteRequest arrived = format.ReadRequest(body.Written);
            body.Clear();
            format.WriteResponse(body, new ExecuteResponse<Payload>(arrived.Payload, arrived.Timestamp, ExecutionTimeMs: 0), _echo);
            _responseBytes += body.Written.Length;
            return new(format.ReadResponse(body.Written, _echo));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>The same JSON as in the bindings that fetch.</summary>
public sealed class JsonReference : SerializerReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Json;

    /// <inheritdoc/>
    public override string Settings => "source-generated JSON of request and response, written and read, nothing moved";

    private protected override WireFormat Format => JsonWire.Shared;
}

/// <summary>The same MessagePack as in the bindings that speak it.</summary>
public sealed class MessagePackReference : SerializerReference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.MessagePack;

    /// <inheritdoc/>
    public override string Settings => "MessagePack of request and response by hand-written formatters, written and read, nothing moved";

    private protected override WireFormat Format => MessagePackWire.Shared;
}
