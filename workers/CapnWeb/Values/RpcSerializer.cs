using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>
/// Turns .NET values into expressions and back, by their System.Text.Json contracts. Immutable and shareable.
/// VALUES.md lists what becomes of each type.
/// </summary>
public sealed class RpcSerializer
{
    /// <summary>Takes contracts by reflection, member names in camelCase.</summary>
    public static RpcSerializer Default => throw new NotImplementedException();

    /// <summary>Takes contracts, naming and further converters from the options, which are copied.</summary>
    public RpcSerializer(JsonSerializerOptions options) => throw new NotImplementedException();

    /// <summary>Takes contracts from a source-generated context (trimming, AOT), member names in camelCase.</summary>
    public RpcSerializer(IJsonTypeInfoResolver resolver) => throw new NotImplementedException();

    /// <summary>Writes one expression. Throws RpcValueException; what was written until then is the caller's to roll back.</summary>
    internal void Write<T>(ExpressionWriter writer, T value, ReferenceSink sink) => throw new NotImplementedException();

    /// <summary>Reads a scanned expression. Throws RpcValueException where the text is no T.</summary>
    internal T Read<T>(ReadOnlySpan<byte> expression, ReferenceSource source) => throw new NotImplementedException();

    /// <summary>Writes what a rejection or an abort says: an error, or the value that was thrown.</summary>
    internal void WriteError(ExpressionWriter writer, Exception error, ReferenceSink sink) => throw new NotImplementedException();

    /// <summary>Reads what a rejection or an abort says.</summary>
    internal RpcException ReadError(ReadOnlySpan<byte> expression, ReferenceSource source) => throw new NotImplementedException();
}
