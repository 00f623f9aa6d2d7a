using System.IO.Compression;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>Compresses the data of the page. As plain JSON, the data of a run of every method would take half of the page's 2 MB.</summary>
internal static class Packed
{
    /// <summary>Returns what <paramref name="write"/> writes, compressed with gzip and encoded in base64.</summary>
    public static string Text(Action<Stream> write)
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.SmallestSize))
        {
            write(gzip);
        }

        return Convert.ToBase64String(bytes.ToArray());
    }
}
