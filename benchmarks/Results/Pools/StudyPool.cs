using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>The first line of a study's file: the settings and the machine of the study.</summary>
public sealed record StudyHeader
{
    /// <summary>The version of the file format that this program reads and writes. It rejects files of other versions.</summary>
    public const int CurrentVersion = 2;

    /// <summary>The version of the file format in which this file was written.</summary>
    public required int Version { get; init; }

    /// <summary>The commit that the base, the head and the control were built from.</summary>
    public required string Commit { get; init; }

    /// <summary>The seed of the random order in which the processes of a pair are measured.</summary>
    public required int Seed { get; init; }

    /// <summary>The short names of the measured cases. Base, head and control measure all of them.</summary>
    public required IReadOnlyList<string> Cases { get; init; }

    /// <summary>The number of turns of each case and process in a pair.</summary>
    public required int Rounds { get; init; }

    /// <summary>The kind of the cases' payloads.</summary>
    public required PayloadKind PayloadKind { get; init; }

    /// <summary>The machine, the runtime and the settings of the process that recorded the study.</summary>
    public required EnvironmentReport Environment { get; init; }

    /// <summary>The runtime settings of the measuring processes.</summary>
    public required string RuntimeSettings { get; init; }

    /// <summary>
    /// How each method of the cases is hosted and called, in one line. The key is the method's id. Null in files of older programs.
    /// </summary>
    public IReadOnlyDictionary<string, string>? MethodSettings { get; init; }

    /// <summary>
    /// Returns the settings of the measuring processes that differ between this header and another, as text: the garbage collector, tiered
    /// compilation, the runtime settings, the payload kind, and how the methods of both are hosted. The machine, the runtime's version,
    /// the commit and the cases may differ, and so may a setting that one header does not state.
    /// </summary>
    /// <param name="now">The header of a study that would be recorded now.</param>
    public IReadOnlyList<string> SettingsOtherThan(StudyHeader now)
    {
        List<(string Name, string Was, string? Is)> settings =
        [
            ("garbage collector", Environment.GarbageCollector, now.Environment.GarbageCollector),
            ("tiering", Environment.Tiering, now.Environment.Tiering),
            ("runtime settings", RuntimeSettings, now.RuntimeSettings),
            ("payload kind", PayloadKind.Name(), now.PayloadKind.Name()),
        ];
        foreach ((string method, string hosting) in MethodSettings ?? new Dictionary<string, string>())
        {
            settings.Add(($"hosting of {method}", hosting, now.MethodSettings?.GetValueOrDefault(method)));
        }

        return
        [
            .. settings.Where(setting => setting.Is is not null && setting.Was != setting.Is)
                .Select(setting => $"{setting.Name} was {setting.Was}, is {setting.Is}"),
        ];
    }
}

/// <summary>
/// The measured pairs of a study. In each pair, base and head run identical code, and the control adds a delay to every call. The file has
/// a header line, and then one line of JSON for each pair. If a study is interrupted, the file keeps the recorded pairs.
/// </summary>
internal sealed class StudyPool
{
    private StudyPool(StudyHeader header, IReadOnlyList<Pair> pairs) => (Header, Pairs) = (header, pairs);

    public StudyHeader Header { get; }

    public IReadOnlyList<Pair> Pairs { get; }

    /// <summary>The number of sittings in which the pairs were recorded. At least an hour lies between two sittings.</summary>
    public int Sittings =>
        1 + Pairs.Zip(Pairs.Skip(1)).Count(next => next.Second.MeasuredAt - next.First.MeasuredAt >= TimeSpan.FromHours(1));

    /// <summary>
    /// Returns the settings of the pool that differ from those of a study that would be recorded now, as text. The machine may differ.
    /// </summary>
    /// <param name="now">The header of a study that would be recorded now.</param>
    public IReadOnlyList<string> SettingsOtherThan(StudyHeader now)
    {
        int free = Pairs.Count(pair => !pair.OnOneProcessor);
        IReadOnlyList<string> others = Header.SettingsOtherThan(now);
        return free == 0 ? others : [.. others, FormattableString.Invariant($"{free} of {Pairs.Count} pairs were not on one processor")];
    }

    /// <summary>
    /// Opens a file for recording pairs. If the file exists, checks that its header is equal to the given header, and continues the file.
    /// </summary>
    /// <exception cref="UnusableInputException">The file is damaged, or its header differs from the given header.</exception>
    public static StudyPool Resume(string path, StudyHeader header)
    {
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, JsonSerializer.Serialize(header, StudyJson.Default.StudyHeader) + '\n');
            return new StudyPool(header, []);
        }

        string text = File.ReadAllText(path);
        // Remove an incomplete last line: an earlier process might have been killed while it wrote that line.
        string whole = text[..(text.LastIndexOf('\n') + 1)];
        if (whole.Length < text.Length)
        {
            File.WriteAllText(path, whole);
        }

        StudyPool pool = Parse(whole, path);
        string[] differences =
        [
            .. JsonDifference.Between(Json(pool.Header), Json(header))
                .Select(difference => $"{difference.Name} was {difference.Was}, is {difference.Is}"),
        ];
        return differences.Length == 0
            ? pool
            : throw new UnusableInputException($"{path} holds another study: {string.Join("; ", differences)}. "
                + "Delete it to begin anew, or take another folder: --artifacts DIR.");
    }

    /// <summary>Appends a pair to the file, and flushes the file to disk.</summary>
    public static void Append(string path, Pair pair)
    {
        using FileStream file = File.Open(path, FileMode.Append);
        file.Write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(pair, StudyJson.Default.Pair) + '\n'));
        file.Flush(flushToDisk: true);
    }

    /// <summary>Reads the file of a study, and returns its content compressed with gzip.</summary>
    public static byte[] Compress(string path)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            gzip.Write(File.ReadAllBytes(path));
        }

        return compressed.ToArray();
    }

    /// <summary>Reads the pairs of a study from a gzip file.</summary>
    /// <exception cref="UnusableInputException">The file is missing, is damaged, or has another format version.</exception>
    public static StudyPool Read(string path)
    {
        try
        {
            using var gzip = new GZipStream(InputFile.Open(path), CompressionMode.Decompress);
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
            return pairs.FirstOrDefault(pair => !header.Cases.All(name => HasCase(pair, name))) is { } lacking
                ? throw new UnusableInputException($"{path}: pair {lacking.Number} lacks a case.")
                : new StudyPool(header, pairs);
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{path} is no study's pool, or a damaged one: {InputFile.Mistake(e)}.", e);
        }
    }

    private static bool HasCase(Pair pair, string name) =>
        pair.Base.ContainsKey(name) && pair.Head.ContainsKey(name) && pair.Control.ContainsKey(name);

    private static JsonElement Json(StudyHeader header) => JsonSerializer.SerializeToElement(header, StudyJson.Default.StudyHeader);
}

/// <summary>Reads and writes the JSON lines of a study's file.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StudyHeader))]
[JsonSerializable(typeof(Pair))]
internal sealed partial class StudyJson : JsonSerializerContext;
