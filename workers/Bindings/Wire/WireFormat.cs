using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Wire;

/// <summary>The caller's half of an encoding.</summary>
internal abstract class CallerFormat
{
    /// <summary>The media type of a body in this encoding.</summary>
    public abstract string ContentType { get; }

    /// <summary>Writes a request at the end of a buffer.</summary>
    public abstract void WriteRequest(ByteBuffer body, ExecuteRequest request);

    /// <summary>Reads a function's response, all of which is its own memory.</summary>
    /// <exception cref="RuntimeUnreachableException">It is none.</exception>
    public abstract ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function);

    private protected static RuntimeUnreachableException NoResponse(Function function, string why, Exception? inner = null) =>
        new($"The runtime's answer is no response of '{function.Id}': {why}", inner);
}

/// <summary>An encoding of requests and responses. Strict: what is missing, null or left over is an error, never a default.</summary>
internal abstract class WireFormat : CallerFormat
{
    /// <summary>What the runtime's endpoint takes. To add one: its file, then its line here.</summary>
    public static readonly IReadOnlyList<WireFormat> All = [JsonWire.Shared, MessagePackWire.Shared];

    /// <summary>Reads a request, all of which is its own memory.</summary>
    /// <exception cref="UnusableInputException">It is none.</exception>
    public abstract ExecuteRequest ReadRequest(ReadOnlyMemory<byte> body);

    /// <summary>Writes a function's response at the end of a buffer.</summary>
    public abstract void WriteResponse(ByteBuffer body, ExecuteResponse response, Function function);

    private protected static UnusableInputException NoRequest(string why, Exception? inner = null) =>
        new($"The body is no request {{ functionId, payload, timestamp }}: {why}", inner);
}
