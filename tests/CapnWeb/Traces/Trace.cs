using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Tests.CapnWeb.Traces;

/// <summary>A conversation captured from the npm package (golden.jsonl).</summary>
/// <param name="Name">Kind and case: <c>arg/date</c>.</param>
/// <param name="Description">What it shows.</param>
/// <param name="Direction">argument, result, session, batch or hostile.</param>
/// <param name="Frames">What crossed, in order.</param>
/// <param name="End">Sizes of the tables of each side (client, server) when all is done.</param>
public sealed record Trace(
    string Name, string Description, string Direction, IReadOnlyList<TraceFrame> Frames, IReadOnlyDictionary<string, TraceTables>? End)
{
    private static readonly JsonSerializerOptions Naming = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<IReadOnlyDictionary<string, Trace>> Captured = new(() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Traces", "golden.jsonl"))
            .Select(line => JsonSerializer.Deserialize<Trace>(line, Naming)!)
            .ToDictionary(trace => trace.Name));

    /// <summary>Every trace, in the file's order.</summary>
    public static IEnumerable<Trace> All => Captured.Value.Values;

    /// <summary>One trace.</summary>
    public static Trace Of(string name) =>
        Captured.Value.GetValueOrDefault(name) ?? throw new ArgumentException($"Trace '{name}': not in golden.jsonl.");

    /// <summary>The kind: what stands before the slash.</summary>
    [JsonIgnore]
    public string Kind => Name[..Name.IndexOf('/')];

    /// <summary>Exact messages of one side, in order.</summary>
    public IEnumerable<string> TextsFrom(string side) => Frames.Where(frame => frame.From == side).Select(frame => frame.Text).OfType<string>();

    /// <summary>Names of the traces of these kinds, as xunit's theories take them.</summary>
    public static TheoryData<string> Names(params string[] kinds) =>
        [.. All.Where(trace => kinds.Contains(trace.Kind)).Select(trace => trace.Name)];

    /// <summary>The name alone, so that a failed theory shows which.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// One frame: a message (From, Text), the transport's end (From, and Close, the error's message, or CloseCode and
/// CloseReason), or an HTTP exchange (Http is request, response or handler-threw). What a frame does not have is null.
/// </summary>
public sealed record TraceFrame(
    string? From,
    string? Text,
    string? Close,
    int? CloseCode,
    string? CloseReason,
    string? Http,
    string? Method,
    int? Status,
    string? ContentType,
    string? Body,
    string? Error,
    string? ClientError);

/// <summary>Entries of a side's tables, the main objects included.</summary>
public sealed record TraceTables(int Imports, int Exports);
