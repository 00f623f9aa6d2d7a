using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Reads a whole HTTP body into a reused buffer, for the caller and the runtime.</summary>
internal static class BodyReader
{
    private const int ChunkBytes = 16 * 1024;

    // The largest number of bytes that are reserved before the first read. A Content-Length may be wrong, so the buffer for a
    // longer body grows only when its bytes arrive.
    private const int MaxReservedBytes = 1 << 20;

    /// <param name="body">The body, which is read to its end.</param>
    /// <param name="contentLength">The length that the Content-Length header announces, in bytes. Null if there is no such header.</param>
    /// <param name="maxBytes">The size limit of the body, in bytes.</param>
    /// <param name="buffer">The buffer that receives the bytes.</param>
    /// <param name="cancellation">The token that cancels the read.</param>
    /// <exception cref="BodyTooLargeException">The body is longer than the limit. The bytes beyond the limit were not buffered.</exception>
    public static async ValueTask ReadAsync(
        Stream body, long? contentLength, long maxBytes, ByteBuffer buffer, CancellationToken cancellation)
    {
        if (contentLength > maxBytes)
        {
            throw new BodyTooLargeException(maxBytes);
        }

        // Reserves one byte more than announced. The last read finds the end of the body, and it needs free space in the buffer too.
        int chunk = contentLength is { } length ? (int)Math.Min(length, MaxReservedBytes) + 1 : ChunkBytes;
        while (true)
        {
            int read = await body.ReadAsync(buffer.GetMemory(chunk), cancellation);
            if (read == 0)
            {
                return;
            }

            buffer.Advance(read);
            if (buffer.Written.Length > maxBytes)
            {
                throw new BodyTooLargeException(maxBytes);
            }

            chunk = Math.Max(chunk - read, 1);
        }
    }
}

/// <summary>Thrown when a body is longer than the limit.</summary>
internal sealed class BodyTooLargeException(long maxBytes)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"The body is larger than the {maxBytes} bytes that are accepted."));
