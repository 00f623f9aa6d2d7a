using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Reads a whole HTTP body into a reused buffer, for the caller and the runtime.</summary>
internal static class BodyReader
{
    private const int ChunkBytes = 16 * 1024;

    // The most bytes reserved up front. A Content-Length may be wrong, so a longer body grows the buffer as bytes arrive.
    private const int MaxReservedBytes = 1 << 20;

    /// <param name="body">The body, which is read to its end.</param>
    /// <param name="contentLength">The announced length in bytes; null if unknown.</param>
    /// <param name="maxBytes">The longest body that is accepted, in bytes.</param>
    /// <param name="buffer">The buffer that receives the bytes.</param>
    /// <param name="cancellation">Cancels the read.</param>
    /// <exception cref="BodyTooLargeException">The body is over the limit. The excess was not buffered.</exception>
    public static async ValueTask ReadAsync(
        Stream body, long? contentLength, long maxBytes, ByteBuffer buffer, CancellationToken cancellation)
    {
        if (contentLength > maxBytes)
        {
            throw new BodyTooLargeException(maxBytes);
        }

        // One byte more than announced, so that the final read, which finds the end, needs no larger buffer.
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

/// <summary>Thrown when a request's body is over the limit.</summary>
internal sealed class BodyTooLargeException(long maxBytes)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"The body is larger than the {maxBytes} bytes that are accepted."));
