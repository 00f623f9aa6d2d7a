using System.Diagnostics;
using System.Globalization;
using System.Text;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Studies;

/// <summary>
/// Measures the processor time that the most expensive messages within the default limits of a Cap'n Web session take, with the time of the
/// garbage collector. Most targets read their argument as an <c>object</c>, which is the most expensive type for most values.
/// </summary>
internal static class HostileStudy
{
    /// <summary>The bound of each message, in ms of processor time.</summary>
    private const double BoundMs = 50;

    private const int Rounds = 20;
    private const int Doublings = 24;

    private static readonly RpcLimits s_limits = RpcLimits.Default;

    private static readonly (string Name, string[] Before, string Message)[] s_messages =
    [
        ("a plain call", [], Call("square", "3")),
        ("one long text", [], Call("take", Text("x"))),
        ("one text of escapes", [], Call("take", Text("\\u00e9"))),
        ("numbers", [], Call("take", $"[[{Repeat("1", Values)}]]")),
        ("empty objects", [], Call("take", $"[[{Repeat("{}", Values)}]]")),
        ("empty arrays", [], Call("take", $"[[{Repeat("[[]]", Values / 2)}]]")),
        ("members of a plain object", [], Call("take", $"{{{Members(Values)}}}")),
        ("equal members", [], Call("take", $"{{{Repeat("\"a\":1", Values)}}}")),
        ("undefined", [], Call("take", $"[[{Repeat("[\"undefined\"]", Values / 2)}]]")),
        ("dates", [], Call("take", $"[[{Repeat("[\"date\",1]", Values / 3)}]]")),
        ("urls", [], Call("echo", $"[[{Repeat("[\"url\",\"a://b\"]", WorkOf(10))}]]")),
        ("long urls", [], Call("echo", $"[[{Repeat($"[\"url\",\"http://a/{Parents}\"]", WorkOf(10 + (Parents.Length / 8)) - 1)}]]")),
        ("international urls", [], Call("echo", $"[[{Repeat("[\"url\",\"http://ü\"]", WorkOf(84))}]]")),
        ("international hosts", [], Call("echo", $"[[{Repeat($"[\"url\",\"http://{Labels}\"]", WorkOf(83 + (3 * LabelCount)))}]]")),
        ("international paths", [], Call("echo", $"[[{Repeat($"[\"url\",\"http://a/{new string('ü', 60_000)}\"]", 1)}]]")),
        ("errors", [], Call("take", $"[[{Repeat("[\"error\",\"E\",\"m\"]", Values / 4)}]]")),
        ("bytes", [], Call("take", $"[[{Repeat("[\"bytes\",\"AQ\",\"Int8Array\"]", Values / 4)}]]")),
        ("longest bigints", [], Call("echo", $"[[{Repeat($"[\"bigint\",\"{Nines}\"]", 4)}]]")),
        ("longest hexadecimal bigints", [], Call("echo", $"[[{Repeat($"[\"bigint\",\"0x{new string('f', Nines.Length - 2)}\"]", 4)}]]")),
        ("bigints of 64 digits", [], Call("echo", $"[[{Repeat($"[\"bigint\",\"{Nines[..64]}\"]", WorkOf(21))}]]")),
        ("bigints of 19 digits", [], Call("echo", $"[[{Repeat($"[\"bigint\",\"{Nines[..19]}\"]", WorkOf(6))}]]")),
        ("keys of one hash", [], Call("keys", $"{{{Keys(60_000, n => (n << 32) | n)}}}")),
        ("keys of one bucket", [], Call("keys", $"{{{Keys(60_000, n => n * new HashSet<long>(60_000).Capacity)}}}")),
        ("numbers as keys", [], Call("keys", $"{{{Keys(Values, n => n)}}}")),
        ("accepted colliding keys", [], Call("keys", $"{{{Keys(Values, n => (n % 30 << 32) | (n % 30 ^ (n / 30)))}}}")),
        ("malformed dates", [], Call("take", $"[[{Repeat("[\"date\",\"x\"]", Values / 3)}]]")),
        ("calls", [], $"[\"push\",[[{Repeat("[\"pipeline\",0,[\"square\"],[3]]", s_limits.MaxReferences)}]]]"),
        ("calls that fail", [], $"[\"push\",[[{Repeat("[\"pipeline\",0,[\"square\"],[\"x\"]]", s_limits.MaxReferences)}]]]"),
        ("paths that fail", ["[\"push\",1]"],
            $"[\"push\",[[{Repeat("[\"pipeline\",1,[\"a\",\"b\"]]", s_limits.MaxReferences)}]]]"),
        ("ids of one hash", [], Call("take", $"[[{Colliding(s_limits.MaxReferences)}]]")),
        ("calls around a long text", [],
            $"[\"push\",{Nested("[\"pipeline\",0,[\"take\"],[", "]]", 200, $"\"{new string('x', Size - 10_000)}\"")}]"),
        ("properties on paths", [], $"[\"push\",[[{Repeat($"[\"pipeline\",0,[{Repeat("\"me\"", s_limits.MaxPathParts)}]]", 200)}]]]"),
        ("walks of a long value", [$"[\"push\",{{{Members(20_000)}}}]"],
            $"[\"push\",[[{Repeat("[\"pipeline\",1,[\"nothing\"]]", s_limits.MaxReferences)}]]]"),
        ("a doubled argument", Doubled("{\"a\":1}"), Call("take", $"[\"pipeline\",{Doublings}]")),
        ("a doubled text", Doubled($"\"{new string('x', 8000)}\""), Call("take", $"[\"pipeline\",{Doublings}]")),
        ("a doubled text of escapes", Doubled($"\"{string.Concat(Enumerable.Repeat("\\u00e9", 2000))}\""),
            Call("take", $"[\"pipeline\",{Doublings}]")),
        ("a doubled bigint", Doubled($"[\"bigint\",\"{Nines}\"]"), Call("take", $"[\"pipeline\",{Doublings}]")),
        ("many texts put in", [$"[\"push\",{Text("\\u00e9")}]"],
            $"[\"push\",[[{Repeat("[\"pipeline\",0,[\"take\"],[[\"pipeline\",1]]]", 1000)}]]]"),
        ("many doubled arguments", Doubled("{\"a\":1}"),
            $"[\"push\",[[{Repeat("[\"pipeline\",0,[\"take\"],[[\"pipeline\",10]]]", 1000)}]]]"),
        ("a doubled result", Doubled("{\"a\":1}"), $"[\"pull\",{Doublings}]"),
        ("a map", [$"[\"push\",[[{Repeat("1", 20_000)}]]]"], "[\"push\",[\"remap\",1,[],[],[[\"pipeline\",0]]]]"),
        ("a map of calls", [$"[\"push\",[[{Repeat("1", 20_000)}]]]"],
            "[\"push\",[\"remap\",1,[],[[\"import\",0]],[[\"pipeline\",-1,[\"square\"],[[\"pipeline\",0]]]]]]"),
        ("long instructions of a map", [$"[\"push\",[[{Repeat("1", 5000)}]]]"],
            $"[\"push\",[\"remap\",1,[],[],[[[{Repeat("1", 5000)}]]]]]"),
        ("maps in one message", ["[\"push\",1]"],
            $"[\"push\",[[{Repeat($"[\"remap\",1,[],[],[{Repeat("1", 1000)}]]", 200)}]]]"),
        ("an answer for many calls", Waiting("[\"square\"],[[\"promise\",-1]]"), Answer),
        ("an answer for doubled arguments", Waiting("[\"take\"],[[[[\"promise\",-1],[\"pipeline\",10]]]]", Doubled("{\"a\":1}")), Answer),
    ];

    // The answer to the promise of the peer on which the messages before wait.
    private const string Answer = "[\"resolve\",-1,5]";

    private static string Nines => new('9', s_limits.MaxBigIntDigits);

    private const int LabelCount = 80;

    private static string Labels => string.Concat(Enumerable.Repeat("ü.", LabelCount)) + "a";

    private static string Parents => string.Concat(Enumerable.Repeat("a/../", 10_000));

    // As many forms as a message may hold, if each costs so many units.
    private static int WorkOf(int units) => Math.Min(s_limits.MaxWork / units, Values / 3);

    private static int Values => s_limits.MaxValues - 10;

    private static int Size => s_limits.MaxMessageSize - 100;

    /// <summary>Measures each message in sessions of its own, and writes a line for each.</summary>
    /// <returns>Whether every message is within the bound.</returns>
    public static Task<bool> RunAsync(TextWriter output, TextWriter progress, CancellationToken interrupted)
    {
        bool isWithin = true;
        foreach ((string name, string[] before, string message) in s_messages)
        {
            interrupted.ThrowIfCancellationRequested();
            double ms = Measure(before, message);
            isWithin &= ms <= BoundMs;
            string verdict = ms <= BoundMs ? "pass" : "FAIL";
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{verdict} {name,-30} {message.Length,9} characters {ms,8:0.00} ms"));
        }

        return Task.FromResult(isWithin);
    }

    private static double Measure(string[] before, string message)
    {
        byte[] measured = Encoding.UTF8.GetBytes(message);
        byte[][] prepared = [.. before.Select(Encoding.UTF8.GetBytes)];
        Attack[] attacks = [.. Enumerable.Range(0, Rounds + 1).Select(_ => new Attack(prepared))];
        // The first round warms up.
        attacks[0].Receive(measured);
        TimeSpan start = Process.GetCurrentProcess().TotalProcessorTime;
        foreach (Attack attack in attacks.AsSpan(1))
        {
            attack.Receive(measured);
        }

        return (Process.GetCurrentProcess().TotalProcessorTime - start).TotalMilliseconds / Rounds;
    }

    private static string Call(string member, string argument) => $"[\"push\",[\"pipeline\",0,[\"{member}\"],[{argument}]]]";

    private static string Text(string each) => $"\"{string.Concat(Enumerable.Repeat(each, Size / each.Length))}\"";

    private static string Repeat(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));

    // Objects of the peer under ids whose default hash is the same.
    private static string Colliding(int count) => string.Join(',', Enumerable.Range(1, count)
        .Select(n => string.Create(CultureInfo.InvariantCulture, $"[\"export\",{((long)-n << 32) | (uint)(-n ^ 12345)}]")));

    private static string Nested(string open, string close, int levels, string inner) =>
        string.Concat(Enumerable.Repeat(open, levels)) + inner + string.Concat(Enumerable.Repeat(close, levels));

    private static string Members(int count) =>
        string.Join(',', Enumerable.Range(0, count).Select(index => string.Create(CultureInfo.InvariantCulture, $"\"m{index}\":1")));

    private static string Keys(int count, Func<long, long> key) => string.Join(',', Enumerable.Range(1, count)
        .Select(n => string.Create(CultureInfo.InvariantCulture, $"\"{key(n)}\":1")));

    // The most calls that may be in flight. Each waits for the same promise of the peer.
    private static string[] Waiting(string call, params string[] before) =>
        [.. before, .. Enumerable.Repeat($"[\"push\",[\"pipeline\",0,{call}]]", s_limits.MaxCallsInFlight)];

    private static string[] Doubled(string first) =>
    [
        $"[\"push\",{first}]",
        .. Enumerable.Range(1, Doublings - 1).Select(id => $"[\"push\",{{\"a\":[\"pipeline\",{id}],\"b\":[\"pipeline\",{id}]}}]"),
    ];

    /// <summary>One session, whose peer is the study.</summary>
    private sealed class Attack : IRpcTransport
    {
        private IRpcReceiver _receiver = null!;

        public Attack(byte[][] prepared)
        {
            _ = new RpcSession(this, new Target(), Target.Contract);
            Array.ForEach(prepared, Receive);
        }

        public void Start(IRpcReceiver receiver) => _receiver = receiver;

        public void Receive(byte[] message)
        {
            _receiver.Receive(message);
            _receiver.ReceiveDone();
        }

        public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask CloseAsync(Exception? reason) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Target
    {
        static Target() => RpcContract.Register(Contract!);

        public static RpcContract<Target> Contract { get; } = new(
            null,
            RpcMember<Target>.Method("take", (_, call) => call.Return(call.Required<object>(0, "value") is null), 1),
            RpcMember<Target>.Method("echo", (_, call) => call.Return(call.Required<object>(0, "value")), 1),
            RpcMember<Target>.Method("keys", (_, call) => call.Return(call.Required<Dictionary<long, object?>>(0, "value").Count), 1),
            RpcMember<Target>.Method("square", (_, call) => call.Return(Square(call.Required<double>(0, "n"))), 1),
            RpcMember<Target>.Property("me", (target, call) => call.Return(target)));

        private static double Square(double n) => n * n;
    }
}
