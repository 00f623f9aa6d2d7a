using System.Globalization;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Fetch;

/// <summary>Reads a whole HTTP body into a reused buffer, at either end.</summary>
internal static class BodyReader
{
    private const int ChunkBytes = 16 * 1024;

    // An announced length is only a claim: beyond the largest payload the buffer grows with what really arrives.
    private const int MaxReservedBytes = 1 << 20;

    /// <param name="body">Read to its end.</param>
    /// <param name="contentLength">The length that the sender announced, in bytes; null where it did not.</param>
    /// <param name="maxBytes">The longest body that is accepted.</param>
    /// <param name="buffer">Gets the bytes.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="BodyTooLargeException">The body is longer; no more of it than the limit was buffered.</exception>
    public static async ValueTask ReadAsync(Stream body, long? contentLength, long maxBytes, ByteBuffer buffer, CancellationToken cancellation)
    {
        if (contentLength > maxBytes)
        {
            throw new BodyTooLargeException(maxBytes);
        }

        // One byte more than announced: the read that finds the end then needs no larger buffer.
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

/// <summary>A request's body is over the limit.</summary>
internal sealed class BodyTooLargeException(long maxBytes)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"The body is larger than the {maxBytes} bytes that are accepted."));
