using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nerdbank.MessagePack;
using PolyType;
using StreamJsonRpc;
using StreamJsonRpc.Protocol;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>
/// The MessagePack formatter that the library recommends as its fastest. It also counts the received bytes. Each end of a
/// connection has its own formatter.
/// </summary>
// https://microsoft.github.io/vs-streamjsonrpc/docs/extensibility.html#choosing-your-formatter
internal sealed partial class StreamRpcFormatter : NerdbankMessagePackFormatter, IJsonRpcMessageFormatter
{
    // An upper bound for the size of the protocol's part of a message (version, id, method name), in bytes.
    private const int EnvelopeBytes = 128;

    // All connections share one serializer, because creating its converters takes long.
    // https://aarnott.github.io/Nerdbank.MessagePack/docs/performance.html#best-practices
    private static readonly MessagePackSerializer s_serializer = DefaultSerializer with
    {
        // Members are written by position instead of by name, because both ends are from the same build. The library calls this
        // "faster and more compact".
        // https://github.com/AArnott/Nerdbank.MessagePack/discussions/518
        PerfOverSchemaStability = true,
        // Interning of strings, which is on by default, is turned off. It looks up every text among earlier texts, which takes longer
        // than creating a string. It would also return an earlier string, but every compared method must create a new string.
        // https://microsoft.github.io/vs-streamjsonrpc/api/StreamJsonRpc.NerdbankMessagePackFormatter.html
        InternStrings = false,
        // Result types are identified by number, which is faster than by name. To add a result type, extend Responses() and Witness.
        // https://aarnott.github.io/Nerdbank.MessagePack/docs/unions.html#union-case-identifiers
        DerivedTypeUnions = [.. DefaultSerializer.DerivedTypeUnions, Responses()],
    };

    private readonly int _maxBytes;
    private long _receivedBytes;

    /// <param name="maxBytes">The longest message that this end accepts, in bytes.</param>
    [SetsRequiredMembers]
    public StreamRpcFormatter(int maxBytes)
    {
        _maxBytes = maxBytes;
        TypeShapeProvider = Witness.GeneratedTypeShapeProvider;
        UserDataSerializer = s_serializer;
    }

    /// <summary>The total bytes of all received messages, without their length prefixes.</summary>
    public long ReceivedBytes => Volatile.Read(ref _receivedBytes);

    JsonRpcMessage IJsonRpcMessageFormatter.Deserialize(ReadOnlySequence<byte> contentBuffer)
    {
        // Our own sender checks the length, so only another program can send a message above the limit. The exception closes the
        // connection.
        if (contentBuffer.Length > _maxBytes)
        {
            throw new BrokenFrameException(
                FormattableString.Invariant($"A message of {contentBuffer.Length} bytes: expected at most {_maxBytes}."));
        }

        // An interlocked addition is not needed, because messages are read one after another.
        Volatile.Write(ref _receivedBytes, _receivedBytes + contentBuffer.Length);
        return Deserialize(contentBuffer);
    }

    /// <summary>Throws if a request is too long for the other end. The request is not sent, and the connection stays usable.</summary>
    /// <exception cref="UnusableInputException">The request is too long.</exception>
    public void Check(ExecuteRequest request)
    {
        if (MessagePackWire.MaxBytes(request) > _maxBytes - EnvelopeBytes)
        {
            Check(s_serializer.Serialize<ExecuteRequest, Witness>(request).Length);
        }
    }

    /// <summary>Throws if a response is too long for the other end. The response is not sent, and the connection stays usable.</summary>
    /// <exception cref="UnusableInputException">The response is too long.</exception>
    public void Check(ExecuteResponse response, Function function)
    {
        if (MessagePackWire.MaxBytes(response, function) > _maxBytes - EnvelopeBytes)
        {
            Check(s_serializer.Serialize<ExecuteResponse, Witness>(response).Length);
        }
    }

    private void Check(int bytes)
    {
        if (bytes > _maxBytes - EnvelopeBytes)
        {
            throw new FrameTooLongException(bytes, _maxBytes - EnvelopeBytes);
        }
    }

    private static DerivedShapeMapping<ExecuteResponse> Responses()
    {
        var responses = new DerivedShapeMapping<ExecuteResponse>();
        responses.Add<ExecuteResponse<Payload>>(1, Witness.GeneratedTypeShapeProvider);
        responses.Add<ExecuteResponse<ComputeResult>>(2, Witness.GeneratedTypeShapeProvider);
        return responses;
    }

    /// <summary>Lists the transmitted types, so that the serialization code for them is generated at compile time.</summary>
    // https://microsoft.github.io/vs-streamjsonrpc/docs/nativeAOT.html#messagepack
    [GenerateShapeFor<ExecuteRequest>]
    [GenerateShapeFor<ExecuteResponse>]
    [GenerateShapeFor<ExecuteResponse<Payload>>]
    [GenerateShapeFor<ExecuteResponse<ComputeResult>>]
    private sealed partial class Witness;
}
