using System.Globalization;
using System.Text;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>The messages of a hostile client, and how its session must go on.</summary>
/// <param name="Name">The name of the input.</param>
/// <param name="Messages">The messages of the client.</param>
/// <param name="Expected">The beginning of a message that the server must send.</param>
/// <param name="NeedsCallbacks">Whether the server must be able to call the client, so that a batch cannot carry the input.</param>
internal sealed record HostileInput(string Name, IReadOnlyList<string> Messages, string Expected, bool NeedsCallbacks = false)
{
    public bool EndsSession => Expected.StartsWith("[\"abort\"", StringComparison.Ordinal);

    public override string ToString() => Name;
}

/// <summary>The inputs from files, the long ones that are made here, and more of the same kinds.</summary>
internal static class HostileInputs
{
    private const string TooMuch = "\"RangeError\"";
    private const int Doublings = 24;
    private const int FillingValues = 24;

    private static readonly string s_long = new('x', 100_000);

    private static string LongestBigInt => $"[\"bigint\",\"{new string('9', RpcLimits.Default.MaxBigIntDigits)}\"]";

    public static IReadOnlyList<HostileInput> All { get; } =
    [
        new("S1", Chain(60_000), Rejects(1), true),
        new("S2-cpu", File("S2-cpu"), Rejects(22)),
        new("S2-retained", [.. File("S2-retained"), .. Enumerable.Range(13, 200).Select(Pull)], Rejects(212)),
        new("S6", [.. File("S6"), Call("square", "3"), Pull(2)], "[\"resolve\",2,9]"),
        new("S8", [.. File("S8"), Pull(2)], Rejects(2)),
        new("S9-100", [Call(Me(100), "3"), Pull(1)], "[\"resolve\",1,9]"),
        new("S9-10000", [Call(Me(10_000), "3"), Pull(1)], Rejects(1)),
        new("S13-lost-answer", File("S13-lost-answer"), "[\"resolve\",1,4]"),
        new("S13-abort", [.. File("S13-lost-answer")[..2], """["pull",77]"""], "[\"resolve\",1,4]"),

        new("surrogate-as-type-of-bytes", [Call("len", """["bytes","AAAA","\ud800\ud800"]"""), Pull(1)], Refuses(1)),
        new("surrogate-in-a-map",
            ["""["push",1]""", """["push",["remap",1,[],[],[["bytes","AAAA","\ud800\ud800"]]]]""", Pull(2)], Refuses(2)),
        new("surrogate-as-property-of-an-error", [Call("echo", """["error","E","m",null,{"\ud800":1}]"""), Pull(1)],
            """["resolve",1,["error","E","m",null,{"\ud800":1}]]"""),
        new("surrogate-in-a-request", [Call("len", """["request","x:",{"\ud800a":1}]"""), Pull(1)], Refuses(1)),
        new("surrogate-in-a-response", [Call("len", """["response",null,{"\ud800abc":1}]"""), Pull(1)], Refuses(1)),
        new("surrogate-in-a-path", ["""["push",{"\ud800":1}]""", """["push",["pipeline",1,["\ud800"]]]""", Pull(2)], "[\"resolve\",2,1]"),
        new("surrogate-as-name-of-a-message", ["""["pu\ud800h",1]"""], "[\"abort\""),
        new("host-of-many-labels", [Call("echo", $"[\"url\",\"http://{string.Concat(Enumerable.Repeat("ü.", 10_000))}a\"]"), Pull(1)],
            Refuses(1)),
        new("long-url", [Call("echo", $"[\"url\",\"http://a/{s_long}\"]"), Pull(1)], Refuses(1)),
        new("unwritable-url", [Call("echo", $"[\"url\",\"http://{string.Concat(Enumerable.Repeat("ü.", 120))}a\"]"), Pull(1)],
            """["reject",1,["error","TypeError","A url cannot be sent"""),
        new("many-international-urls", [Call("echo", $"[[{Repeat("[\"url\",\"http://ü\"]", 5000)}]]"), Pull(1)], Rejects(1)),
        new("international-urls-in-a-map", ["""["push",1]""",
            $"[\"push\",[\"remap\",1,[],[],[{Repeat("[\"url\",\"http://ü\"]", 3000)}]]]", Pull(2)], Rejects(2)),
        new("keys-of-one-hash", [Call("keys", $"{{{string.Join(',', Enumerable.Range(1, 5000).Select(KeyOfHashZero))}}}"), Pull(1)],
            Refuses(1)),
        new("long-bigints", [Call("echo", $"[[{Repeat(LongestBigInt, 5)}]]"), Pull(1)], Rejects(1)),
        new("short-bigints", [Call("echo", $"[[{Repeat($"[\"bigint\",\"{new string('9', 64)}\"]", 10_000)}]]"), Pull(1)], Rejects(1)),
        new("spliced-bigint", [$"[\"push\",{LongestBigInt}]", Call("echo", $"[[{Repeat("[\"pipeline\",1]", 5)}]]"), Pull(2)], Rejects(2)),
        new("spliced-bigint-with-an-escaped-name",
            [$"[\"push\",{LongestBigInt.Replace("bigint", "big\\u0069nt", StringComparison.Ordinal)}]",
                Call("echo", $"[[{Repeat("[\"pipeline\",1]", 5)}]]"), Pull(2)],
            Rejects(2)),

        new("million-links", Chain(1_000_000), Rejects(1), true),
        new("short-chain", Chain(200), "[\"resolve\",1,7]", true),
        new("promise-of-itself", ["""["push",["promise",-1]]""", Pull(1), """["resolve",-1,["pipeline",1]]"""],
            "[\"reject\",1,[\"error\",\"TypeError\"", true),
        new("circle-of-forwarded-promises",
            ["""["push",["promise",-1]]""", """["push",["promise",-2]]""", Pull(1), """["resolve",-1,["import",2]]""",
                """["resolve",-2,["import",1]]"""],
            "[\"reject\",1,[\"error\",\"TypeError\"", true),
        new("value-that-holds-itself",
            ["""["push",["promise",-1]]""", """["resolve",-1,{"a":["pipeline",1]}]""", Pull(1), Call("square", "3"), Pull(2)],
            "[\"resolve\",2,9]", true),
        new("argument-that-holds-itself", ["""["push",["promise",-1]]""", """["resolve",-1,{"a":["pipeline",1]}]""",
            Call("len", """["pipeline",1]"""), Pull(2)], "[\"reject\",2,", true),
        new("pulled-doubling", [.. Doubled("""{"a":1}"""), Pull(Doublings), Call("square", "3"), Pull(Doublings + 1)],
            $"[\"resolve\",{Doublings + 1},9]"),
        new("doubled-array", [.. Doubled("""{"a":1}""", "[[", "]]"), Call("len", $"[\"pipeline\",{Doublings}]"), Pull(Doublings + 1)],
            Rejects(Doublings + 1)),
        new("map-of-doubling", [.. Doubled("""[[1]]""", "[[", "]]"),
            $"[\"push\",[\"remap\",{Doublings},[],[[\"import\",0]],[[\"pipeline\",-1,[\"len\"],[[\"pipeline\",0]]]]]]",
            Pull(Doublings + 1)],
            "[\"reject\","),
        new("extra-argument", [.. Doubled("""{"a":1}"""), Call("square", $"3,[\"pipeline\",{Doublings}]"), Pull(Doublings + 1)],
            $"[\"resolve\",{Doublings + 1},9]"),
        new("maps-in-maps",
            [Push("1"), Push(Nested("[\"remap\",0,[],[],[", "]]", 200, "1", "[\"remap\",1,[],[],[")), Pull(2)], Rejects(2)),
        new("maps-in-one-message", [Push($"[[{Ones(1000)}]]"),
            Push($"[[{Repeat("[\"remap\",1,[],[],[[\"pipeline\",0]]]", 100)}]]"), Pull(2)], Rejects(2)),
        new("map-with-long-instruction", [Push($"[[{Ones(5000)}]]"), Push($"[\"remap\",1,[],[],[[[{Ones(5000)}]]]]"), Pull(2)], Rejects(2)),
        new("path-through-a-value", [Push("{\"a\":1}"), Call($"[{Repeat("\"a\"", 5000)}]", null, 1), Pull(2)], Rejects(2)),
        new("path-through-references",
            [Push("{\"a\":1}"), .. Enumerable.Range(1, 5000).Select(id => Push($"{{\"a\":[\"pipeline\",{id}]}}")),
            Call($"[{Repeat("\"a\"", 250)}]", null, 5001), Pull(5002)], "[\"resolve\",5002,"),
        new("many-walks-of-a-long-value", [Push($"{{{Members(20_000)}}}"),
            Push($"[[{Repeat("[\"pipeline\",1,[\"nothing\"]]", 5000)}]]"), Pull(2)], Rejects(2)),
        new("properties-in-one-message", [Push($"[[{Repeat($"[\"pipeline\",0,{Me(200)}]", 200)}]]"), Pull(1)], Rejects(1)),
        new("malformed-dates", [Push($"[[{Repeat("[\"date\",\"x\"]", 25_000)}]]"), Pull(1)], "[\"reject\",1,[\"error\",\"TypeError\""),
        new("unknown-forms", [Call("len", $"[[{Repeat("[\"set\",[1]]", 25_000)}]]"), Pull(1)], "[\"reject\",1,[\"error\",\"TypeError\""),
        new("too-many-values", [Call("len", $"[[{Ones(300_000)}]]"), Pull(1)], "[\"abort\",[\"error\",\"RangeError\""),
        new("errors-in-errors",
            [Push(Nested("[\"error\",\"Error\",\"m\",null,{\"cause\":", "}]", 300, "1")), Pull(1)], "[\"abort\",[\"error\""),
        new("calls-in-arguments", [Push(Nested("[\"pipeline\",0,[\"echo\"],[", "]]", 200, "1")), Pull(1)], "[\"resolve\",1,1]"),
        new("calls-around-a-long-text",
            [Push(Nested("[\"pipeline\",0,[\"echo\"],[", "]]", 200, $"\"{new string('x', 3_900_000)}\"")), Pull(1)], Rejects(1)),
        new("failing-calls-in-one-message", [Push($"[[{Repeat("[\"pipeline\",0,[\"square\"],[\"x\"]]", 5000)}]]"), Pull(1)], Rejects(1)),
        new("failing-paths-in-one-message",
            [Push("1"), Push($"[[{Repeat("[\"pipeline\",1,[\"a\",\"b\"]]", 5000)}]]"), Pull(2)], Rejects(2)),
        new("failing-calls-that-waited",
            [Push("[\"promise\",-1]"), Push($"[[{Repeat("[\"pipeline\",0,[\"square\"],[[\"pipeline\",1]]]", 5000)}]]"), Pull(2),
                "[\"resolve\",-1,\"x\"]", Call("square", "3"), Pull(3)], "[\"resolve\",3,9]", true),
        new("ids-of-one-hash", [Call("echo", $"[[{string.Join(',', CollidingIds(16_000).Select(id => $"[\"export\",{id}]"))}]]"),
            Call("square", "3"), Pull(2)], "[\"resolve\",2,9]"),
        new("results-that-cannot-be-sent", [Call("unsendable", "200"), Pull(1), Call("square", "3"), Pull(2)], "[\"resolve\",2,9]"),
        new("regexp", [Push("[\"regexp\",\"a\",\"g\"]"), Pull(1), Call("square", "3"), Pull(2)], "[\"resolve\",2,9]"),
        new("regexp-as-an-argument", [Call("echo", "[\"regexp\",\"a\",\"g\"]"), Pull(1)], "[\"reject\",1,[\"error\",\"TypeError\""),
        new("object-without-room",
            [.. Fill(left: 100), Call("self", ""), Pull(FillingValues + 1), "[\"release\",1,1]"],
            $"[\"resolve\",{FillingValues + 1},[\"export\",-1]]"),
        new("calls-that-never-end", [.. Enumerable.Repeat(Call("never", ""), 10_001), Pull(10_001)], Rejects(10_001)),
        new("queued-arguments",
            [Call("never", ""), .. Enumerable.Repeat(Call("[\"x\"]", $"\"{s_long}\"", 1), 400), Pull(401)], Rejects(401)),
        new("unpulled-values", [.. Enumerable.Repeat(Push($"\"{s_long}\""), 400), Pull(400)], Rejects(400)),
        new("unpulled-results", [.. Enumerable.Repeat(Call("big", "1000000"), 60), Pull(60)], "[\"resolve\",60,\"xxx"),
        new("many-cancelled-calls", [.. Enumerable.Range(1, 50).SelectMany(id => new[] { Call("hangThrow", ""), $"[\"release\",{id},1]" }),
            Call("square", "3"), Pull(51)], "[\"resolve\",51,9]"),
        new("promises-that-hold-much", [.. Enumerable.Range(1, 400).Select(id => Push($"[\"promise\",-{id}]")),
            .. Enumerable.Range(1, 400).Select(id => $"[\"resolve\",-{id},\"{s_long}\"]"), Pull(400)], Rejects(400), true),
    ];

    /// <summary>Ids whose default hash is the same.</summary>
    public static IEnumerable<long> CollidingIds(int count) =>
        Enumerable.Range(1, count).Select(n => ((long)-n << 32) | (uint)(-n ^ 12345));

    // Fills what a session keeps by default. So much is left when the next call has its entry in the table.
    private static IEnumerable<string> Fill(int left)
    {
        const int Entry = 256, Texts = FillingValues - 1, Length = 1_000_000;
        const int Quoted = 2 + (2 * Entry);
        // The tables hold an entry for each side's main object.
        int room = RpcLimits.Default.MaxHeldBytes - (2 * Entry) - (Texts * (Length + Quoted)) - Quoted - Entry - left;
        return [.. Enumerable.Repeat(Push($"\"{new string('x', Length)}\""), Texts), Push($"\"{new string('x', room)}\"")];
    }

    private static string Rejects(int id) => $"[\"reject\",{id},[\"error\",{TooMuch}";

    private static string Refuses(int id) => $"[\"reject\",{id},[\"error\",\"TypeError\"";

    // Keys of 64 bits whose hash code is 0.
    private static string KeyOfHashZero(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{((long)number << 32) | (uint)number}\":1");

    private static string Push(string expression) => $"[\"push\",{expression}]";

    private static string Call(string member, string? arguments, int target = 0)
    {
        string path = member.StartsWith('[') ? member : $"[\"{member}\"]";
        return Push(arguments is null ? $"[\"pipeline\",{target},{path}]" : $"[\"pipeline\",{target},{path},[{arguments}]]");
    }

    private static string Pull(int id) => $"[\"pull\",{id}]";

    private static string Me(int count) => $"[{Repeat("\"me\"", count)},\"square\"]";

    private static string Ones(int count) => Repeat("1", count);

    private static string Members(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => $"\"m{i}\":1"));

    private static string Repeat(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));

    private static string Nested(string open, string close, int levels, string inner, string? first = null) => new StringBuilder()
        .Append(first ?? open).Insert((first ?? open).Length, open, levels - 1)
        .Append(inner).Append(string.Concat(Enumerable.Repeat(close, levels))).ToString();

    // A call that waits for a promise, which resolves to a promise, and so on.
    private static string[] Chain(int links) =>
    [
        Call("readValue", """["export",-1]"""), Pull(1), """["resolve",1,["promise",-2]]""",
        .. Enumerable.Range(2, links).Select(id => $"[\"resolve\",-{id},{(id == links + 1 ? "7" : $"[\"promise\",-{id + 1}]")}]"),
    ];

    private static IEnumerable<string> Doubled(string first, string open = "{\"a\":", string close = "}") => Enumerable.Range(0, Doublings)
        .Select(i => Push(
            i == 0 ? first : $"{open}[\"pipeline\",{i}],{(open == "[[" ? "" : "\"b\":")}[\"pipeline\",{i}]{close}"));

    /// <summary>The path of an input's file.</summary>
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "CapnWeb", "Hostile", "Inputs", file);

    private static string[] File(string name) => System.IO.File.ReadAllLines(PathOf($"{name}.frames"));
}
