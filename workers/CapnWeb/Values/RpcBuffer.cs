using System.Runtime.InteropServices;

namespace WorkerRpc.CapnWeb.Values;

/// <summary>Bytes together with their JavaScript type, such as <c>Int16Array</c> or <c>DataView</c>.</summary>
public sealed class RpcBuffer
{
    /// <summary>Creates a buffer over the bytes without copying them. Numbers in the bytes are little-endian.</summary>
    /// <exception cref="ArgumentException">The length of the bytes is not a multiple of the element size.</exception>
    public RpcBuffer(RpcBufferKind kind, ReadOnlyMemory<byte> bytes)
    {
        int size = ElementSize(kind);
        if (bytes.Length % size != 0)
        {
            throw new ArgumentException($"{bytes.Length} bytes for {kind}: expected a multiple of {size}.", nameof(bytes));
        }

        Kind = kind;
        Bytes = bytes;
    }

    /// <summary>The JavaScript type of the bytes.</summary>
    public RpcBufferKind Kind { get; }

    /// <summary>The bytes of the buffer. Numbers in the bytes are little-endian.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Copies elements into a new buffer. <typeparamref name="T"/> decides the kind of typed array.</summary>
    /// <exception cref="ArgumentException">JavaScript has no typed array with elements of type <typeparamref name="T"/>.</exception>
    public static RpcBuffer Of<T>(ReadOnlySpan<T> elements)
        where T : unmanaged =>
        KindOf(typeof(T)) is { } kind
            ? new(kind, MemoryMarshal.AsBytes(elements).ToArray())
            : throw new ArgumentException(
                $"No typed array has elements of type {typeof(T).Name}: expected an integer of 8 to 64 bits, float or double.");

    /// <summary>Copies the elements of the buffer into an array.</summary>
    /// <exception cref="InvalidCastException">The buffer contains elements of another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged =>
        Holds(typeof(T))
            ? MemoryMarshal.Cast<byte, T>(Bytes.Span).ToArray()
            : throw new InvalidCastException($"A {Kind} holds no elements of type {typeof(T).Name}.");

    /// <summary>Returns the bytes as an array. If the buffer covers a whole array, that array is returned, otherwise a copy.</summary>
    internal byte[] ToByteArray() =>
        MemoryMarshal.TryGetArray(Bytes, out ArraySegment<byte> segment) && segment.Count == segment.Array!.Length
            ? segment.Array
            : Bytes.ToArray();

    internal bool Holds(Type element) =>
        KindOf(element) == Kind
        || (element == typeof(byte) && Kind is RpcBufferKind.ArrayBuffer or RpcBufferKind.DataView or RpcBufferKind.Uint8ClampedArray);

    internal static int ElementSize(RpcBufferKind kind) => kind switch
    {
        RpcBufferKind.Int16Array or RpcBufferKind.Uint16Array => sizeof(short),
        RpcBufferKind.Int32Array or RpcBufferKind.Uint32Array or RpcBufferKind.Float32Array => sizeof(int),
        RpcBufferKind.BigInt64Array or RpcBufferKind.BigUint64Array or RpcBufferKind.Float64Array => sizeof(long),
        _ => sizeof(byte),
    };

    private static RpcBufferKind? KindOf(Type element) =>
        element == typeof(byte) ? RpcBufferKind.Uint8Array
        : element == typeof(sbyte) ? RpcBufferKind.Int8Array
        : element == typeof(short) ? RpcBufferKind.Int16Array
        : element == typeof(ushort) ? RpcBufferKind.Uint16Array
        : element == typeof(int) ? RpcBufferKind.Int32Array
        : element == typeof(uint) ? RpcBufferKind.Uint32Array
        : element == typeof(long) ? RpcBufferKind.BigInt64Array
        : element == typeof(ulong) ? RpcBufferKind.BigUint64Array
        : element == typeof(float) ? RpcBufferKind.Float32Array
        : element == typeof(double) ? RpcBufferKind.Float64Array
        : null;
}
