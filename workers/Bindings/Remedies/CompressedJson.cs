using System.Buffers;
using System.IO.Compression;
using Nerdbank.Streams;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Remedies;

/// <summary>An HTTP content coding, which is a way to compress bodies.</summary>
/// <param name="Name">The coding's name in headers.</param>
/// <param name="Compress">
/// The function that opens a compressing stream on another stream, at the fastest level. The other stream stays open.
/// </param>
/// <param name="Decompress">The function that opens a stream which decompresses another stream.</param>
internal sealed record ContentCoding(string Name, Func<Stream, Stream> Compress, Func<Stream, Stream> Decompress)
{
    public static readonly ContentCoding Gzip = new(
        "gzip",
        to => new GZipStream(to, CompressionLevel.Fastest, leaveOpen: true),
        from => new GZipStream(from, CompressionMode.Decompress));

    public static readonly ContentCoding Brotli = new(
        "br",
        to => new BrotliStream(to, CompressionLevel.Fastest, leaveOpen: true),
        from => new BrotliStream(from, CompressionMode.Decompress));
}

/// <summary>Encodes requests as compressed JSON, and decodes compressed responses.</summary>
internal sealed class CompressedJson(ContentCoding coding) : CallerFormat
{
    private const int ChunkBytes = 16 * 1024;

    public override string ContentType => JsonWire.Shared.ContentType;

    public override void WriteRequest(ByteBuffer body, ExecuteRequest request)
    {
        using ByteBuffer plain = ByteBuffer.Rent();
        JsonWire.Shared.WriteRequest(plain, request);
        using Stream compressing = coding.Compress(body.AsStream());
        compressing.Write(plain.Written.Span);
    }

    public override ExecuteResponse ReadResponse(ReadOnlyMemory<byte> body, Function function)
    {
        using ByteBuffer plain = ByteBuffer.Rent();
        try
        {
            using Stream decompressing = coding.Decompress(new ReadOnlySequence<byte>(body).AsStream());
            for (int read = 1; read > 0;)
            {
                read = decompressing.Read(plain.GetSpan(ChunkBytes));
                plain.Advance(read);
                if (plain.Written.Length > ExecuteEndpoint.MaxBodyBounds.Max)
                {
                    throw NoResponse(
                        function, FormattableString.Invariant($"it is longer than {ExecuteEndpoint.MaxBodyBounds.Max} bytes."));
                }
            }
        }
        // On invalid data, gzip throws InvalidDataException and Brotli InvalidOperationException.
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw NoResponse(function, e.Message, e);
        }

        return JsonWire.Shared.ReadResponse(plain.Written, function);
    }
}
