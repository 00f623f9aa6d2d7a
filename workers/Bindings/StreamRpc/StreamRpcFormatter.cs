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
/// The library's MessagePack formatter, which it calls the fastest and advises over its older one. Counts what arrives at its
/// end. One for each end of a connection.
/// </summary>
// https://microsoft.github.io/vs-streamjsonrpc/docs/extensibility.html#choosing-your-formatter
internal sealed partial class StreamRpcFormatter : NerdbankMessagePackFormatter, IJsonRpcMessageFormatter
{
    // No less than what the protocol puts around a request or response: version, id and the method's name.
    private const int EnvelopeBytes = 128;

    // One for all connections: its converters are made once.
    // https://aarnott.github.io/Nerdbank.MessagePack/docs/performance.html#best-practices
    private static readonly MessagePackSerializer s_serializer = DefaultSerializer with
    {
        // Members by position, as both ends are of one build: "faster and more compact".
        // https://github.com/AArnott/Nerdbank.MessagePack/discussions/518
        PerfOverSchemaStability = true,
        // Off, for the payloads' sake: on, as by default, each text is looked up among those that came before, which takes longer
        // than to make it, and an equal one is handed out again, which no method here may do.
        // https://microsoft.github.io/vs-streamjsonrpc/api/StreamJsonRpc.NerdbankMessagePackFormatter.html
        InternStrings = false,
        // By number rather than name, which is faster. To add a result type: its line, here and at the witness below.
        // https://aarnott.github.io/Nerdbank.MessagePack/docs/unions.html#union-case-identifiers
        DerivedTypeUnions = [.. DefaultSerializer.DerivedTypeUnions, Responses()],
    };

    private readonly int _maxBytes;
    private long _arrivedBytes;

    /// <param name="maxBytes">The longest message that this end takes, in bytes.</param>
    [SetsRequiredMembers]
    public StreamRpcFormatter(int maxBytes)
    {
        _maxBytes = maxBytes;
        TypeShapeProvider = Witness.GeneratedTypeShapeProvider;
        UserDataSerializer = s_serializer;
    }

    /// <summary>The bytes of all messages that have arrived, without what tells their lengths.</summary>
    public long ArrivedBytes => Volatile.Read(ref _arrivedBytes);

    JsonRpcMessage IJsonRpcMessageFormatter.Deserialize(ReadOnlySequence<byte> contentBuffer)
    {
        // Only an end that does not check what it sends comes here: its connection ends.
        if (contentBuffer.Length > _maxBytes)
        {
            throw new BrokenFrameException(FormattableString.Invariant($"A message of {contentBuffer.Length} bytes: expected at most {_maxBytes}."));
        }

        // Messages are read one after another, so that nobody else writes it.
        Volatile.Write(ref _arrivedBytes, _arrivedBytes + contentBuffer.Length);
        return Deserialize(contentBuffer);
    }

    /// <summary>Refuses a request that the other end would not take, before anything of it is sent: the connection goes on.</summary>
    /// <exception cref="UnusableInputException">It is too long.</exception>
    public void Check(ExecuteRequest request)
    {
        if (MessagePackWire.MaxBytes(request) > _maxBytes - EnvelopeBytes)
        {
            Check(s_serializer.Serialize<ExecuteRequest, Witness>(request).Length);
        }
    }

    /// <summary>As <see cref="Check(ExecuteRequest)"/>, of a function's response.</summary>
    /// <exception cref="UnusableInputException">It is too long.</exception>
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

    /// <summary>Has the shapes of all that crosses made at compile time.</summary>
    // https://microsoft.github.io/vs-streamjsonrpc/docs/nativeAOT.html#messagepack
    [GenerateShapeFor<ExecuteRequest>]
    [GenerateShapeFor<ExecuteResponse>]
    [GenerateShapeFor<ExecuteResponse<Payload>>]
    [GenerateShapeFor<ExecuteResponse<ComputeResult>>]
    private sealed partial class Witness;
}
