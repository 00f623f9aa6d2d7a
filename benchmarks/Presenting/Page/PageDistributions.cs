using System.IO.Compression;
using System.Text.Json;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>
/// The percentile files of all cases, which a reader can save from the page. Uncompressed, they would double the page's size.
/// </summary>
internal static class PageDistributions
{
    /// <summary>
    /// Returns a JSON object with the content of each file by name, compressed with gzip and encoded in base64. Returns an empty text if
    /// the launches cannot be merged.
    /// </summary>
    public static string Of(RunReport report)
    {
        IReadOnlyDictionary<string, byte[]> files;
        try
        {
            files = PercentileDistributions.Of(report);
        }
        catch (UnusableInputException)
        {
            return "";
        }

        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Optimal))
        {
            using var json = new Utf8JsonWriter(gzip);
            json.WriteStartObject();
            foreach ((string name, byte[] text) in files)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
        }

        return Convert.ToBase64String(bytes.ToArray());
    }
}
