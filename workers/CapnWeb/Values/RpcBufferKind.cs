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
