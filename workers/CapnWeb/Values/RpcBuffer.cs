namespace WorkerRpc.CapnWeb.Values;

/// <summary>How JavaScript looks at bytes.</summary>
public enum RpcBufferKind
{
    /// <summary>Unsigned bytes; what a <c>byte[]</c> is sent as.</summary>
    Uint8Array,

    /// <summary>Bytes without a view.</summary>
    ArrayBuffer,

    /// <summary>Bytes with accessors.</summary>
    DataView,

    /// <summary>Signed bytes.</summary>
    Int8Array,

    /// <summary>Unsigned bytes, clamped on writing.</summary>
    Uint8ClampedArray,

    /// <summary>16-bit integers.</summary>
    Int16Array,

    /// <summary>16-bit unsigned integers.</summary>
    Uint16Array,

    /// <summary>32-bit integers.</summary>
    Int32Array,

    /// <summary>32-bit unsigned integers.</summary>
    Uint32Array,

    /// <summary>64-bit integers.</summary>
    BigInt64Array,

    /// <summary>64-bit unsigned integers.</summary>
    BigUint64Array,

    /// <summary>Single-precision numbers.</summary>
    Float32Array,

    /// <summary>Double-precision numbers.</summary>
    Float64Array,
}

/// <summary>Bytes with the JavaScript type that they are to have, or had, at the peer.</summary>
public sealed class RpcBuffer
{
    /// <summary>Keeps the bytes, little-endian, without copying them.</summary>
    /// <exception cref="ArgumentException">The length is no multiple of the kind's element size.</exception>
    public RpcBuffer(RpcBufferKind kind, ReadOnlyMemory<byte> bytes) => throw new NotImplementedException();

    /// <summary>The JavaScript type.</summary>
    public RpcBufferKind Kind => throw new NotImplementedException();

    /// <summary>The bytes, little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes => throw new NotImplementedException();

    /// <summary>A typed array of these elements; the kind follows from the type.</summary>
    public static RpcBuffer Of<T>(ReadOnlySpan<T> elements)
        where T : unmanaged => throw new NotImplementedException();

    /// <summary>The elements, copied.</summary>
    /// <exception cref="InvalidCastException">The kind holds other elements.</exception>
    public T[] ToArray<T>()
        where T : unmanaged => throw new NotImplementedException();
}
