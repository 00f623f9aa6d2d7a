using System.IO.Compression;
using System.Text.RegularExpressions;

namespace WorkerRpc.Tests;

/// <summary>Reads the data of a report's page.</summary>
internal static partial class PageText
{
    /// <summary>Returns the JSON that the page's script unpacks.</summary>
    public static string DataOf(string page)
    {
        using var packed = new MemoryStream(Convert.FromBase64String(Data().Match(File.ReadAllText(page)).Groups[1].Value));
        using var gzip = new GZipStream(packed, CompressionMode.Decompress);
        using var json = new StreamReader(gzip);
        return json.ReadToEnd();
    }

    [GeneratedRegex("""id="data">([^<]+)<""")]
    private static partial Regex Data();
}
