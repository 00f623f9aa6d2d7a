using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results.Pools;

/// <summary>The first line of a file of recorded runs: the machine and the settings that all its runs share.</summary>
public sealed record RunPoolHeader
{
    /// <summary>The version of the file format that this program reads and writes. It rejects files of other versions.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of the file format in which this file was written.</summary>
    public required int Version { get; init; }

    /// <summary>The conditions of the runs, such as the processor. The key is the condition's name.</summary>
    public required IReadOnlyDictionary<string, string> Conditions { get; init; }

    /// <summary>The number of launches of each run.</summary>
    public required int Launches { get; init; }
}

/// <summary>The figures of one recorded run.</summary>
public sealed record RecordedRun
{
    /// <summary>When the run started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The sum of the launches' durations, in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The commit that was measured. Null if git did not report a commit.</summary>
    public required string? Commit { get; init; }

    /// <summary>The launches of the run: the figures of each case. The key is the case's short name.</summary>
    public required IReadOnlyList<IReadOnlyDictionary<string, CaseFigures>> Launches { get; init; }
}

/// <summary>
/// Runs of identical code, recorded at different times. The file is compressed JSON lines: a header, and then one line for each run.
/// </summary>
/// <param name="Header">The machine and the settings of the runs.</param>
/// <param name="Runs">The runs, the oldest first.</param>
internal sealed record RunPool(RunPoolHeader Header, IReadOnlyList<RecordedRun> Runs)
{
    /// <summary>The usual name of the file.</summary>
    public const string FileName = "runs.jsonl.gz";

    /// <summary>Two runs belong to different sittings if at least this time passed between them.</summary>
    public static readonly TimeSpan SittingGap = TimeSpan.FromHours(1);

    /// <summary>The number of the sitting of each run, from 1.</summary>
    public IReadOnlyList<int> Sittings
    {
        get
        {
            int[] sittings = new int[Runs.Count];
            for (int run = 0; run < sittings.Length; run++)
            {
                sittings[run] = run == 0 ? 1
                    : Runs[run].StartedAt - EndOf(Runs[run - 1]) >= SittingGap ? sittings[run - 1] + 1
                    : sittings[run - 1];
            }

            return sittings;
        }
    }

    /// <summary>Returns when a run ended.</summary>
    public static DateTimeOffset EndOf(RecordedRun run) => run.StartedAt.AddSeconds(run.Seconds);

    /// <summary>Reads a file of recorded runs.</summary>
    /// <exception cref="UnusableInputException">The file is missing, is damaged, or has another format version.</exception>
    public static RunPool Read(string path)
    {
        try
        {
            using FileStream file = InputFile.Open(path);
            return Read(file, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"'{path}' cannot be read as recorded runs: {e.Message}", e);
        }
    }

    /// <summary>Reads recorded runs from a stream.</summary>
    /// <param name="stream">The compressed content of the file.</param>
    /// <param name="path">The file's path, for error messages.</param>
    /// <exception cref="UnusableInputException">The content is damaged, or has another format version.</exception>
    public static RunPool Read(Stream stream, string path)
    {
        try
        {
            using var gzip = new GZipStream(stream, CompressionMode.Decompress);
            using var reader = new StreamReader(gzip);
            string[] lines = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            RunPoolHeader header = (lines.Length > 0 ? JsonSerializer.Deserialize(lines[0], RunPoolJson.Default.RunPoolHeader) : null)
                ?? throw new UnusableInputException($"{path} has no recorded runs: it has no header.");
            return header.Version == RunPoolHeader.CurrentVersion
                ? new RunPool(header, [.. lines.Skip(1).Select(Run).OrderBy(run => run.StartedAt)])
                : throw new UnusableInputException($"{path} has version {header.Version}. Accepted: {RunPoolHeader.CurrentVersion}.");
        }
        catch (Exception e) when (e is JsonException or InvalidDataException)
        {
            string why = e is JsonException json ? InputFile.Mistake(json) + "." : e.Message;
            throw new UnusableInputException($"{path} has no recorded runs, or is damaged: {why}", e);
        }

        RecordedRun Run(string line) => JsonSerializer.Deserialize(line, RunPoolJson.Default.RecordedRun) is { Launches.Count: > 0 } run
            ? run
            : throw new UnusableInputException($"{path} is damaged: a run has no launch.");
    }

    /// <summary>Returns the content of the file.</summary>
    public byte[] ToBytes()
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.SmallestSize))
        {
            IEnumerable<string> lines = Runs.Select(run => JsonSerializer.Serialize(run, RunPoolJson.Default.RecordedRun))
                .Prepend(JsonSerializer.Serialize(Header, RunPoolJson.Default.RunPoolHeader));
            gzip.Write(Encoding.UTF8.GetBytes(string.Join('\n', lines) + '\n'));
        }

        return compressed.ToArray();
    }
}

/// <summary>Reads and writes the JSON lines of recorded runs.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(RunPoolHeader))]
[JsonSerializable(typeof(RecordedRun))]
internal sealed partial class RunPoolJson : JsonSerializerContext;
