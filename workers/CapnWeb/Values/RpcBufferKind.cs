namespace WorkerRpc.CapnWeb.Values;

/// <summary>The JavaScript types that contain raw bytes: typed arrays, ArrayBuffer and DataView.</summary>
public enum RpcBufferKind
{
    /// <summary>Unsigned 8-bit integers. A <c>byte[]</c> is sent as this type.</summary>
    Uint8Array,

    ArrayBuffer,

    DataView,

    Int8Array,

    /// <summary>
    /// Unsigned 8-bit integers. When JavaScript code assigns a number outside 0–255, the nearest of these two limits is stored.
    /// </summary>
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
