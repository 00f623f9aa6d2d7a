using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The caller's side of an encoding: writes requests and reads responses.</summary>
internal abstract class CallerFormat
{
    /// <summary>The media type of a body in this encoding.</summary>
    public abstract string ContentType { get; }

    /// <summary>Appends an encoded request to a buffer.</summary>
    public abstract void WriteRequest(ByteBuffer body, ExecuteRequest request);

    /// <summary>Decodes a function's response. The result does not use the body's memory.</summary>
    /// <exception cref="RuntimeUnreachableException">The body is not a valid response.</exception>
    public abstract ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function);

    private protected static RuntimeUnreachableException NoResponse(Function function, string why, Exception? inner = null) =>
        new($"The runtime's answer is no response of '{function.Id}': {why}", inner);
}

/// <summary>An encoding of requests and responses. A missing member, a null member or bytes after the message are errors.</summary>
internal abstract class WireFormat : CallerFormat
{
    /// <summary>The encodings that the runtime's endpoint accepts. To add an encoding, write its class and add it here.</summary>
    public static readonly IReadOnlyList<WireFormat> All = [JsonWire.Shared, MessagePackWire.Shared];

    /// <summary>Decodes a request. The result does not use the body's memory.</summary>
    /// <exception cref="UnusableInputException">The body is not a valid request.</exception>
    public abstract ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body);

    /// <summary>Appends an encoded response to a buffer.</summary>
    public abstract void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function);

    private protected static UnusableInputException NoRequest(string why, Exception? inner = null) =>
        new($"The body is no request {{ functionId, payload, timestamp }}: {why}", inner);
}
