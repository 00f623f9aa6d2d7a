using System.Text.Json;
using System.Text.Json.Serialization;

namespace WorkerRpc.Tests.CapnWeb.Traces;

/// <summary>A conversation captured from the npm package, in golden.jsonl.</summary>
/// <param name="Name">The kind and the case, such as <c>arg/date</c>.</param>
/// <param name="Description">The behaviour that the trace shows.</param>
/// <param name="Direction">The kind of conversation: argument, result, session, batch or hostile.</param>
/// <param name="Frames">The frames in order.</param>
/// <param name="End">Table sizes at the end, by side: client and server.</param>
public sealed record Trace(
    string Name, string Description, string Direction, IReadOnlyList<TraceFrame> Frames, IReadOnlyDictionary<string, TraceTables>? End)
{
    private static readonly JsonSerializerOptions s_naming = new(JsonSerializerDefaults.Web);

    private static readonly Lazy<IReadOnlyDictionary<string, Trace>> s_captured = new(() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Traces", "golden.jsonl"))
            .Select(line => JsonSerializer.Deserialize<Trace>(line, s_naming)!)
            .ToDictionary(trace => trace.Name));

    /// <summary>All traces in the order of the file.</summary>
    public static IEnumerable<Trace> All => s_captured.Value.Values;

    /// <summary>Returns the trace with this name.</summary>
    public static Trace Of(string name) =>
        s_captured.Value.GetValueOrDefault(name) ?? throw new ArgumentException($"Trace '{name}': not in golden.jsonl.");

    /// <summary>The part of the name before the slash.</summary>
    [JsonIgnore]
    public string Kind => Name[..Name.IndexOf('/')];

    /// <summary>The messages of one side, in order.</summary>
    public IEnumerable<string> TextsFrom(string side) =>
        Frames.Where(frame => frame.From == side).Select(frame => frame.Text).OfType<string>();

    /// <summary>Names of the traces of some kinds, as data of an xunit theory.</summary>
    public static TheoryData<string> Names(params string[] kinds) =>
        [.. All.Where(trace => kinds.Contains(trace.Kind)).Select(trace => trace.Name)];

    /// <summary>Only the name, so that failures are readable.</summary>
    public override string ToString() => Name;
}

/// <summary>
/// One frame: a message (From, Text), the end of the transport (From with Close, or with CloseCode and CloseReason), or an HTTP
/// exchange (Http is request, response or handler-threw). Other members are null.
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

/// <summary>Table sizes of one side, including the main objects.</summary>
public sealed record TraceTables(int Imports, int Exports);
