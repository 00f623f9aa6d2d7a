using System.Text;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>
/// Conversations that let a session with default limits keep as much as it can. The heap of the whole process is measured, so that
/// CI runs these tests in a process of their own.
/// </summary>
public sealed class KeptInputs
{
    private const long MaxBytes = 64 << 20;
    private const int Measurements = 6;

    private static readonly string s_long = new('x', 1_000_000);
    private static readonly string s_path = Repeat("\"a\"", 256);

    private static readonly (string Name, bool Reads, int Rounds, Func<int, IEnumerable<string>> Messages)[] s_inputs =
    [
        ("texts", true, 100, _ => [Push($"\"{s_long}\"")]),
        ("short values", true, 49_000, _ => [Push("1")]),
        ("short values that are pulled", true, 99_000, id => [Push("1"), Pull(id)]),
        ("results", true, 60, _ => [Call("shared", "")]),
        ("short results", true, 49_000, _ => [Call("square", "3")]),
        ("results that other calls use", true, 30, round =>
            [Call("shared", ""), Push($"[\"pipeline\",{(2 * round) - 1},[\"a\"]]")]),
        ("parts of long values", true, 150, round =>
            [Push($"{{\"a\":1,\"b\":\"{s_long}\"}}"), Push($"[\"pipeline\",{(2 * round) - 1},[\"a\"]]"), Release((2 * round) - 1)]),
        ("elements of mapped arrays", true, 150, round =>
            [Push($"[[\"{s_long}\",1]]"), Push($"[\"remap\",{(3 * round) - 2},[],[],[[\"pipeline\",0]]]"),
                Push($"[\"pipeline\",{(3 * round) - 1},[1]]"), Release((3 * round) - 2), Release((3 * round) - 1)]),
        ("long paths that wait", true, 150, round => [round == 1 ? Never : Push($"[\"pipeline\",1,[\"{s_long}\"]]")]),
        ("long paths of calls that wait", true, 150, round => [round == 1 ? Never : Push($"[\"pipeline\",1,[\"{s_long}\"],[]]")]),
        ("paths of many parts that wait", true, 49_000, round => [round == 1 ? Never : Push($"[\"pipeline\",1,[{s_path}]]")]),
        ("references that wait", true, 200, round =>
            [round == 1 ? Never : Call("echo", $"[[{Repeat("[\"pipeline\",1]", 16_000)}]]")]),
        ("values in which a promise waits", true, 300, round =>
            [round == 1 ? Push($"{{\"s\":\"{s_long}\",\"p\":[\"promise\",-1]}}") : Call("len", "[\"pipeline\",1]")]),
        ("answers in which a promise waits", true, 150, round =>
            [Call("readValue", $"[\"export\",{-round}]"),
                $"[\"resolve\",{round},{{\"s\":\"{s_long}\",\"p\":[\"promise\",{-9000 - round}]}}]"]),
        ("released results that a call waits with", true, 150, round =>
            [Push($"\"{s_long}\""), Call("len", $"[[[\"pipeline\",{(2 * round) - 1}],[\"promise\",{-round}]]]"), Release((2 * round) - 1)]),
        ("objects that waiting maps hold", true, 600, round =>
            [round == 1 ? Never : Push($"[\"remap\",1,[],[{Repeat("[\"import\",0]", 16_000)}],[[\"pipeline\",0]]]")]),
        ("calls that are sent back", true, 49_000, round => [round == 1 ? Promise : Push("[\"pipeline\",1,[\"a\"],[1]]")]),
        ("long paths that are sent back", true, 150, round => [round == 1 ? Promise : Push($"[\"pipeline\",1,[\"{s_long}\"]]")]),
        ("long paths that are sent back to nobody", false, 150, round => [round == 1 ? Promise : Push($"[\"pipeline\",1,[\"{s_long}\"]]")]),
        ("forwarded references that wait", true, 200, round =>
            [round == 1 ? Promise : Call("echo", $"[[{Repeat("[\"import\",1]", 16_000)}]]")]),
        ("references in values", true, 200, round => [round == 1 ? Promise : Push($"[[{Repeat("[\"pipeline\",1]", 16_000)}]]")]),
        ("references to objects in values", true, 200, round => [Push($"[[{Repeat("[\"import\",0]", 16_000)}]]")]),
        ("calls that wait for a promise", true, 49_000, round => [round == 1 ? Never : Push("[\"pipeline\",1,[\"a\"],[1]]")]),
        ("calls that never end", true, 9_000, _ => [Call("never", "[[1,2,3]]")]),
        ("maps that wait", true, 49_000, round => [round == 1 ? Never : Push("[\"remap\",1,[],[],[[\"pipeline\",0]]]")]),
        ("promises", true, 49_000, round => [Push($"[\"promise\",{-round}]")]),
        ("objects of the client", true, 200, round =>
            [Push($"[[{Exports(400, 400 * round)}]]")]),
        ("releases that nobody reads", false, 600, id =>
            [Call("len", $"[[{Exports(2000, 2000 * id)}]]"), Release(id)]),
        ("values that cannot be read", true, 99_000, id => [Push("[\"set\",[1]]"), Pull(id)]),
        ("calls that fail", true, 99_000, id => [Call("square", "\"x\""), Pull(id)]),
        ("rejected promises", true, 100, round =>
            [Push($"[\"promise\",{-round}]"), $"[\"reject\",{-round},[\"error\",\"E\",\"{s_long}\"]]"]),
        ("rejected promises with properties", true, 100, round =>
            [Push($"[\"promise\",{-round}]"), $"[\"reject\",{-round},[\"error\",\"E\",\"m\",null,{{\"a\":[[{Repeat("{}", 60_000)}]]}}]]"]),
        ("errors that quote", true, 100, id => [Push("1"), Push($"[\"pipeline\",{(2 * id) - 1},[\"a\",\"{s_long}\"]]")]),
        ("answers that nobody reads", false, 100, id => [Push($"\"{s_long}\""), Pull(id)]),
        ("answers that nobody reads and waits for", false, 400_000, id =>
            [Push(id < 30 ? $"\"{s_long}\"" : "1"), Pull(id), .. id < 30 ? [] : new[] { Release(id) }]),
        ("results that nobody waits for", false, 400_000, id =>
            id < 7 ? [Push($"\"{s_long}\""), Pull(id)] : [Call("square", "3"), Release(id)]),
    ];

    private static string Never => Call("never", "");

    private static string Promise => Push("[\"promise\",-1]");

    public static TheoryData<string> Names => [.. s_inputs.Select(input => input.Name)];

    [Theory(Explicit = true), MemberData(nameof(Names))]
    public void Session_keeps_at_most_64_MiB(string name)
    {
        (_, bool reads, int rounds, Func<int, IEnumerable<string>> messages) = s_inputs.Single(input => input.Name == name);
        var peer = new Peer(reads);
        var session = new RpcSession(
            peer, new HostileTarget(), HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long most = 0;

        for (int round = 1; round <= rounds; round++)
        {
            foreach (string message in messages(round))
            {
                peer.Receive(Encoding.UTF8.GetBytes(message));
            }

            if (round % Math.Max(rounds / Measurements, 1) == 0)
            {
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{name}: {most / 1024.0 / 1024:F1} MiB, {session.Statistics}, {session.Error}");
        Assert.InRange(most, 0, MaxBytes);
        GC.KeepAlive(session);
    }

    private static string Push(string expression) => $"[\"push\",{expression}]";

    private static string Call(string member, string arguments) => Push($"[\"pipeline\",0,[\"{member}\"],[{arguments}]]");

    private static string Pull(int id) => $"[\"pull\",{id}]";

    private static string Release(int id) => $"[\"release\",{id},1]";

    private static string Exports(int count, int after) =>
        string.Join(',', Enumerable.Range(after + 1, count).Select(n => $"[\"export\",{-n}]"));

    private static string Repeat(string text, int count) => string.Join(',', Enumerable.Repeat(text, count));

    /// <summary>A peer that keeps nothing of what it gets, so that all memory is the session's.</summary>
    private sealed class Peer(bool reads) : IRpcTransport
    {
        private readonly TaskCompletionSource _reading = new();
        private IRpcReceiver _receiver = null!;

        public void Start(IRpcReceiver receiver) => _receiver = receiver;

        public void Receive(byte[] message)
        {
            _receiver.Receive(message);
            _receiver.ReceiveDone();
        }

        public ValueTask SendAsync(RpcMessages messages, CancellationToken cancellationToken) =>
            reads ? ValueTask.CompletedTask : new ValueTask(_reading.Task);

        public ValueTask CloseAsync(Exception? reason) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
