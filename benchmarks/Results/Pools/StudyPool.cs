using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>What a study was recorded from.</summary>
public sealed record StudyHeader
{
    /// <summary>The version of this form. A reader refuses another one.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the form that the pool was written in.</summary>
    public required int Version { get; init; }

    /// <summary>The commit whose two builds were measured against each other.</summary>
    public required string Commit { get; init; }

    /// <summary>What the coin flips were drawn from.</summary>
    public required int Seed { get; init; }

    /// <summary>The pairs that were to be recorded.</summary>
    public required int Pairs { get; init; }

    /// <summary>The short names of the cases.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>What the parent ran on.</summary>
    public required EnvironmentReport Environment { get; init; }

    /// <summary>The runtime settings of the measuring processes.</summary>
    public required string RuntimeSettings { get; init; }
}

/// <summary>
/// Pairs that were really measured: base and head of identical code in each, and a control with one of the injections.
/// A line of JSON each, behind a header line: what was recorded before an interruption counts.
/// </summary>
internal sealed class StudyPool
{
    private StudyPool(StudyHeader header, IReadOnlyList<Pair> pairs) => (Header, Pairs) = (header, pairs);

    public StudyHeader Header { get; }

    public IReadOnlyList<Pair> Pairs { get; }

    /// <summary>Opens a pool for recording: the one of that header, as far as it has come, or a new one.</summary>
    /// <exception cref="UnusableInputException">There is another one, or it is damaged.</exception>
    public static StudyPool Resume(string path, StudyHeader header)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, JsonSerializer.Serialize(header, StudyJson.Default.StudyHeader) + '\n');
            return new StudyPool(header, []);
        }

        string text = File.ReadAllText(path);
        // Whoever was killed while it wrote has left half a line.
        string whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length)
        {
            File.WriteAllText(path, whole);
        }

        StudyPool pool = Parse(whole, path);
        string[] differences = [.. JsonDifference.Between(Json(pool.Header), Json(header)).Select(difference => $"{difference.Name} was {difference.Was}, is {difference.Is}")];
        return differences.Length == 0
            ? pool
            : throw new UnusableInputException($"{path} holds another study: {string.Join("; ", differences)}. Delete it to begin anew, or take another folder: --artifacts DIR.");
    }

    /// <summary>Adds a pair to a pool on disk.</summary>
    public static void Append(string path, Pair pair)
    {
        using FileStream file = File.Open(path, FileMode.Append);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(pair, StudyJson.Default.Pair) + '\n'));
        file.Flush(flushToDisk: true);
    }

    /// <summary>A pool on disk, compressed.</summary>
    public static byte[] Compress(string path)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(File.ReadAllBytes(path));
        }

        return compressed.ToArray();
    }

    /// <summary>Reads a compressed pool.</summary>
    /// <exception cref="UnusableInputException">It is not there, damaged, or of another version.</exception>
    public static StudyPool Read(string path)
    {
        try
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            using var reader = new StreamReader(gzip);
            return Parse(reader.ReadToEnd(), path);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{path}' cannot be read as a study's pool: {e.Message}", e);
        }
    }

    private static StudyPool Parse(string text, string path)
    {
        try
        {
            string[] lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            StudyHeader header = (lines.Length > 0 ? JsonSerializer.Deserialize(lines[0], StudyJson.Default.StudyHeader) : null)
                ?? throw new UnusableInputException($"{path} is no study's pool: it has no header.");
            if (header.Version != StudyHeader.CurrentVersion)
            {
                throw new UnusableInputException($"{path} has version {header.Version}. Accepted: {StudyHeader.CurrentVersion}.");
            }

            Pair[] pairs = [.. lines.Skip(1).Select(line => JsonSerializer.Deserialize(line, StudyJson.Default.Pair)!)];
            return pairs.FirstOrDefault(pair => header.Cases.Any(name => !pair.Base.ContainsKey(name) || !pair.Head.ContainsKey(name) || !pair.Control.ContainsKey(name))) is { } lacking
                ? throw new UnusableInputException($"{path}: pair {lacking.Number} lacks a case.")
                : new StudyPool(header, pairs);
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no study's pool, or a damaged one: {e.Message}", e);
        }
    }

    private static JsonElement Json(StudyHeader header) => JsonSerializer.SerializeToElement(header, StudyJson.Default.StudyHeader);
}

/// <summary>Reads and writes a pool's lines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StudyHeader))]
[JsonSerializable(typeof(Pair))]
internal sealed partial class StudyJson : JsonSerializerContext;
