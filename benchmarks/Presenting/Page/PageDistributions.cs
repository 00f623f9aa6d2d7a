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
    /// Returns a JSON object with the content of each file by name, packed. Returns an empty text if the launches cannot be merged.
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

        return Packed.Text(output =>
        {
            using var json = new Utf8JsonWriter(output);
            json.WriteStartObject();
            foreach ((string name, byte[] text) in files)
            {
                json.WriteString(name, text);
            }

            json.WriteEndObject();
        });
    }
}
