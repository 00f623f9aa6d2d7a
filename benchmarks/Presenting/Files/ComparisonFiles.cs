using System.Text;
using System.Text.Json;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Pictures;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Files;

/// <summary>The files of a comparison: a comment for a pull request, CSV, JSON and a picture.</summary>
internal static class ComparisonFiles
{
    /// <summary>The contents of the files; the key is the file's name.</summary>
    /// <param name="comparison">The comparison to write.</param>
    /// <param name="name">The name of each file, without the extension.</param>
    /// <param name="exitCode">The exit code of the program, which the JSON file repeats.</param>
    /// <param name="picture">The picture of the changes, or null if there is no picture.</param>
    public static IReadOnlyDictionary<string, byte[]> Of(Comparison comparison, string name, int exitCode, Picture? picture = null)
    {
        (string, string)? reference = picture is null ? null : (picture.Name, picture.Alternative);
        var files = new Dictionary<string, byte[]>
        {
            [name + ".md"] = Encoding.UTF8.GetBytes(ComparisonDocument.Write(comparison, name, reference)),
            [name + ".csv"] = Encoding.UTF8.GetBytes(CsvWriter.Write(ComparisonColumns.All, comparison.Answers)),
            [name + ".json"] = Json(comparison, exitCode),
        };
        if (picture is not null)
        {
            files[picture.Name + ".svg"] = picture.Svg();
            files[picture.Name + ".png"] = picture.Png();
        }

        return files;
    }

    private static byte[] Json(Comparison comparison, int exitCode)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, JsonTable.Options))
        {
            json.WriteStartObject();
            json.WriteString("verdict", comparison.Verdict);
            json.WriteNumber("exitCode", exitCode);
            json.WriteString("base", comparison.Base);
            json.WriteString("current", comparison.Current);
            json.WriteString("controls", comparison.Controls);
            WriteList(json, "failures", comparison.Failures);
            WriteList(json, "warnings", comparison.Warnings);
            WriteList(json, "basis", comparison.Basis);
            JsonTable.Write(json, "answers", ComparisonColumns.All, comparison.Answers);
            json.WriteEndObject();
        }

        return bytes.ToArray();
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> lines)
    {
        json.WriteStartArray(name);
        foreach (string line in lines)
        {
            json.WriteStringValue(line);
        }

        json.WriteEndArray();
    }
}
