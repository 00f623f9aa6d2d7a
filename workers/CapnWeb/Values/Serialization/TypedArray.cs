using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Values.Serialization;

/// <summary>Converts a typed array to a list of its elements.</summary>
internal static class TypedArray
{
    public static List<T> Elements<T>(RpcBuffer buffer)
    {
        if (!buffer.Holds(typeof(T)))
        {
            throw FormReader.Unexpected($"an array of {typeof(T).Name}", buffer.Kind.ToString());
        }

        Array elements = buffer.Kind switch
        {
            RpcBufferKind.Int8Array => buffer.ToArray<sbyte>(),
            RpcBufferKind.Int16Array => buffer.ToArray<short>(),
            RpcBufferKind.Uint16Array => buffer.ToArray<ushort>(),
            RpcBufferKind.Int32Array => buffer.ToArray<int>(),
            RpcBufferKind.Uint32Array => buffer.ToArray<uint>(),
            RpcBufferKind.BigInt64Array => buffer.ToArray<long>(),
            RpcBufferKind.BigUint64Array => buffer.ToArray<ulong>(),
            RpcBufferKind.Float32Array => buffer.ToArray<float>(),
            RpcBufferKind.Float64Array => buffer.ToArray<double>(),
            _ => buffer.ToArray<byte>(),
        };
        return [.. (T[])elements];
    }
}
