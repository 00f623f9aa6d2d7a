using System.Text.Json;

namespace WorkerRpc.Hostile.Mutating;

/// <summary>An input of a peer.</summary>
/// <param name="Name">The name of its file or trace.</param>
/// <param name="Messages">The messages in order.</param>
internal sealed record Conversation(string Name, IReadOnlyList<string> Messages)
{
    /// <summary>The messages, one a line: also the body of a batch.</summary>
    public string Text => string.Join('\n', Messages);
}

/// <summary>The inputs that are attacked with and mutated: captured conversations, and inputs of hostile peers.</summary>
internal static class Inputs
{
    // Longer messages are captured too, but mutating them would take most of the time.
    private const int MaxMessageLength = 5_000;

    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Inputs");

    /// <summary>The peer's messages of each captured conversation with the npm package, without those that are too long.</summary>
    public static IReadOnlyList<Conversation> Traces { get; } =
    [
        .. File.ReadLines(Path.Combine(s_folder, "golden.jsonl"))
            .Select(line => JsonSerializer.Deserialize<Trace>(line, JsonSerializerOptions.Web)!)
            .Select(trace => new Conversation(trace.Name, [.. trace.Frames.SelectMany(frame => frame.Messages)]))
            .Where(trace => trace.Messages.Count > 0),
    ];

    /// <summary>The inputs of hostile peers. The long ones are made here.</summary>
    public static IReadOnlyList<Conversation> Hostile { get; } =
    [
        .. Directory.EnumerateFiles(s_folder, "*.frames").Order(StringComparer.Ordinal)
            .Select(path => new Conversation(Path.GetFileNameWithoutExtension(path), File.ReadAllLines(path))),
        ChainOfPromises(60_000),
        LongPath(20_000),
    ];

    /// <summary>Raw bytes that follow the handshake of a WebSocket, by the names of their files.</summary>
    public static IReadOnlyDictionary<string, byte[]> HostileBytes { get; } = Directory.EnumerateFiles(s_folder, "*.bin")
        .Order(StringComparer.Ordinal).ToDictionary(path => Path.GetFileNameWithoutExtension(path)!, File.ReadAllBytes);

    /// <summary>All conversations that the mutator can parse, parsed. Recipes refer to their numbers.</summary>
    public static IReadOnlyList<IReadOnlyList<JsonList>> Parsed { get; } =
    [
        .. Traces.Concat(Hostile)
            .Select(input => input.Messages.Where(message => message.Length <= MaxMessageLength).Take(1_000)
                .Select(JsonTree.TryParse).OfType<JsonList>().Where(message => message.Depth < 100).ToArray())
            .Where(messages => messages.Length > 0),
    ];

    /// <summary>A call whose argument resolves to a promise, which resolves to the next promise, and so on.</summary>
    private static Conversation ChainOfPromises(int links) => new(
        "S1",
        [
            """["push",["pipeline",0,["readValue"],[["export",-1]]]]""",
            """["pull",1]""",
            """["resolve",1,["promise",-2]]""",
            .. Enumerable.Range(2, links - 1).Select(link =>
                FormattableString.Invariant($"""["resolve",{-link},["promise",{-link - 1}]]""")),
            FormattableString.Invariant($"""["resolve",{-links - 1},7]"""),
        ]);

    /// <summary>A path that leads through the same property many times.</summary>
    private static Conversation LongPath(int parts) => new(
        "S9",
        [
            $$"""["push",["pipeline",0,[{{string.Concat(Enumerable.Repeat("\"me\",", parts))}}"square"],[3]]]""",
            """["pull",1]""",
        ]);

    private sealed record Trace(string Name, IReadOnlyList<Frame> Frames);

    private sealed record Frame(string? From, string? Text, string? Http, string? Body)
    {
        public IEnumerable<string> Messages =>
            From is "client" or "peer" && Text is not null ? [Text] : Http == "request" && Body is { Length: > 0 } ? Body.Split('\n') : [];
    }
}
