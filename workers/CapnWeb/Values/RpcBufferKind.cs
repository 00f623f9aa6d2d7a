namespace WorkerRpc.CapnWeb.Values;

/// <summary>The JavaScript types of bytes.</summary>
public enum RpcBufferKind
{
    /// <summary>What a <c>byte[]</c> is sent as.</summary>
    Uint8Array,

    ArrayBuffer,

    DataView,

    Int8Array,

    /// <summary>Unsigned bytes. JavaScript clamps what is assigned to an element to 0–255.</summary>
    Uint8ClampedArray,

    Int16Array,

    Uint16Array,

    Int32Array,

    Uint32Array,

    BigInt64Array,

    BigUint64Array,

    Float32Array,

    Float64Array,
}
