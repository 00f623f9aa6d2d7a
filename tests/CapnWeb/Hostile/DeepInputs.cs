using System.Text;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>
/// One million levels of everything that the protocol can nest or chain, on a thread with a small stack. A stack overflow ends the process,
/// so that CI runs these tests in a process of their own.
/// </summary>
public sealed class DeepInputs
{
    private const int Levels = 1_000_000;
    private const int StackBytes = 256 * 1024;

    private static readonly RpcLimits s_widest = new()
    {
        MaxMessageSize = RpcLimits.MessageSizeBounds.Max,
        MaxValues = int.MaxValue,
        MaxReferences = int.MaxValue,
        MaxPathParts = int.MaxValue,
        MaxPromiseChain = RpcLimits.ChainBounds.Max,
        MaxImports = int.MaxValue,
        MaxExports = int.MaxValue,
        MaxCallsInFlight = int.MaxValue,
        MaxRunningCalls = int.MaxValue,
        MaxUnpulledPushes = int.MaxValue,
        MaxWork = int.MaxValue,
        MaxHeldBytes = int.MaxValue,
        MaxUnsentBytes = int.MaxValue,
    };

    private static readonly Dictionary<string, Func<IEnumerable<string>>> s_dimensions = new()
    {
        ["arrays"] = () => [Nested("[[", "]]")],
        ["objects"] = () => [Nested("{\"a\":", "}")],
        ["causes of errors"] = () => [Nested("[\"error\",\"Error\",\"m\",null,{\"cause\":", "}]")],
        ["causes of a rejection"] = () =>
            [Call("readValue", "[\"export\",-1]"), "[\"pull\",1]",
                Nested("[\"error\",\"E\",\"m\",null,{\"cause\":", "}]", "[\"reject\",1,")],
        ["unknown forms"] = () => [Nested("[\"set\",", "]")],
        ["arguments"] = () => [Nested("[\"pipeline\",0,[\"echo\"],[", "]]")],
        ["maps in maps"] = () => ["[\"push\",[[1]]]", Nested("[\"remap\",1,[],[],[", "]]"), "[\"pull\",2]"],
        ["deepest accepted arrays"] = () => [Nested("[[", "]]", levels: 253), Call("len", "[\"pipeline\",1]"), "[\"pull\",2]"],
        ["deepest accepted objects"] = () => [Nested("{\"a\":", "}", levels: 253), Call("len", "[\"pipeline\",1]"), "[\"pull\",2]"],
        ["deepest accepted errors"] = () =>
            [Nested("[\"error\",\"E\",\"m\",null,{\"cause\":", "}]", levels: 253), Call("echo", "[\"pipeline\",1]"), "[\"pull\",2]"],
        ["deepest accepted arguments"] = () => [Nested("[\"pipeline\",0,[\"echo\"],[", "]]", levels: 253), "[\"pull\",1]"],
        ["results that cannot be sent"] = () => [Call("unsendable", "200"), "[\"pull\",1]", Call("unsendable", "300"), "[\"pull\",2]"],
        ["records"] = () => [Call("node", Records(Levels))],
        ["deepest accepted records"] = () => [.. new[] { 60, 64, 65, 100, 250 }.Select(levels => Call("node", Records(levels)))],
        ["deepest accepted records with forms"] = () => [Call("node", Records(250, "[\"undefined\"]")), Call("node", Records(60))],
        ["path over a property"] = () => [Call(Path("me", "square"), "3"), "[\"pull\",1]"],
        ["path over values in values"] = () => [.. ValuesInValues(), $"[\"push\",[\"pipeline\",{Levels},{Path("a", "a")}]]",
            $"[\"pull\",{Levels + 1}]", .. Releases(Levels + 1)],
        ["path over forwarded values"] = () => [.. ValuesInValues("import"), $"[\"push\",[\"pipeline\",{Levels},{Path("a", "a")}]]",
            $"[\"pull\",{Levels + 1}]", .. Releases(Levels + 1)],
        ["values in values as an argument"] = () =>
            [.. ValuesInValues(), Call("len", $"[\"pipeline\",{Levels}]"), $"[\"pull\",{Levels + 1}]", .. Releases(Levels + 1)],
        ["values in values as a result"] = () => [.. ValuesInValues(), $"[\"pull\",{Levels}]", .. Releases(Levels)],
        ["properties of a promise"] = () => ["[\"push\",[\"promise\",-1]]", Call("echo", "[\"pipeline\",1]"),
            .. Each(id => $"[\"push\",[\"pipeline\",{id + 1},[\"a\"]]]"), $"[\"pull\",{Levels + 2}]", "[\"resolve\",-1,{\"a\":1}]"],
        ["calls on a promise"] = () => ["[\"push\",[\"promise\",-1]]", Call("echo", "[\"pipeline\",1]"),
            .. Each(id => $"[\"push\",[\"pipeline\",{id + 1},[\"me\"],[]]]"),
            $"[\"pull\",{Levels + 2}]", "[\"resolve\",-1,[\"pipeline\",0]]"],
        ["copies of promises"] = () => ["[\"push\",[\"promise\",-1]]", .. Each(id => $"[\"push\",[\"pipeline\",{id}]]"),
            $"[\"pull\",{Levels + 1}]", "[\"resolve\",-1,1]", .. Releases(Levels + 1)],
        ["forwarded promises"] = () => ["[\"push\",[\"promise\",-1]]", .. Each(id => $"[\"push\",[\"import\",{id}]]"),
            $"[\"pull\",{Levels + 1}]", "[\"resolve\",-1,1]", .. Releases(Levels + 1)],
        ["maps of maps"] = () => ["[\"push\",[\"promise\",-1]]", .. Each(id => $"[\"push\",[\"remap\",{id},[],[],[[\"pipeline\",0]]]]"),
            $"[\"pull\",{Levels + 1}]", "[\"resolve\",-1,1]"],
        ["promises that resolve to promises"] = () => [Call("readValue", "[\"export\",-1]"), "[\"pull\",1]",
            "[\"resolve\",1,[\"promise\",-2]]", .. Each(id => $"[\"resolve\",-{id + 1},[\"promise\",-{id + 2}]]"),
            $"[\"resolve\",-{Levels + 2},7]"],
        ["promises that resolve backwards"] = () => [.. Each(id => $"[\"push\",[\"promise\",-{id}]]"), "[\"resolve\",-1,1]",
            .. Each(id => $"[\"resolve\",-{id + 1},[\"pipeline\",{id}]]"), $"[\"pull\",{Levels}]", .. Releases(Levels)],
        ["promises that resolve to forwarded ones"] = () => [.. Each(id => $"[\"push\",[\"promise\",-{id}]]"), "[\"pull\",1]",
            .. Each(id => $"[\"resolve\",-{id},[\"import\",{Math.Min(id + 1, Levels)}]]"), .. Releases(Levels)],
        ["arguments that are promises of results"] = () => ["[\"push\",[\"promise\",-1]]",
            .. Each(id => Call("echo", $"[\"pipeline\",{id}]")), $"[\"pull\",{Levels + 1}]", "[\"resolve\",-1,5]"],
    };

    public static TheoryData<string> Dimensions => [.. s_dimensions.Keys];

    [Theory(Explicit = true), MemberData(nameof(Dimensions))]
    public void Million_levels_end_without_a_stack_overflow(string dimension)
    {
        OnSmallStack(() => Attack(dimension, RpcLimits.Default));
        OnSmallStack(() => Attack(dimension, s_widest));
    }

    // The process of this test has small stacks for all threads.
    [Fact(Explicit = true)]
    public async Task Stub_of_a_stub_of_a_stub_through_two_sessions_is_called_without_a_stack_overflow()
    {
        const int Rounds = 10_000;
        var options = new RpcSessionOptions { Limits = s_widest };
        var near = new HostileTarget();
        var far = new HostileTarget();
        await using var first = new Pair(
            new HostileTarget(), HostileTarget.Contract, options, options, near, HostileTarget.Contract);
        await using var second = new Pair(far, HostileTarget.Contract, options, options);
        RpcStub stub = first.Main;
        for (int i = 0; i < Rounds; i++)
        {
            // The stored stub is one of the session's client, which itself holds a stub of the other session, and so on.
            await second.Main.CallAsync<RpcVoid, RpcArguments<RpcStub>>("store", new(stub));
            await first.Server.Main.CallAsync<RpcVoid, RpcArguments<RpcStub>>("store", new(far.Stored!));
            stub = near.Stored!;
        }

        Assert.Equal(25, await stub.CallAsync<double, RpcArguments<double>>("square", new(5)));
    }

    private static void Attack(string dimension, RpcLimits limits)
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), Limits = limits };
        var session = new RpcSession(transport, new HostileTarget(), HostileTarget.Contract, options);
        foreach (string message in s_dimensions[dimension]())
        {
            transport.Receive(Encoding.UTF8.GetBytes(message));
        }

        transport.ReceiveDone();
        // The end releases whatever is chained.
        session.Main.Dispose();
        Assert.NotNull(session.Error);
    }

    private static void OnSmallStack(Action action)
    {
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception error)
                {
                    failure = error;
                }
            },
            StackBytes);
        thread.Start();
        thread.Join();
        Assert.Null(failure);
    }

    private static string Call(string member, string arguments) =>
        $"[\"push\",[\"pipeline\",0,{(member.StartsWith('[') ? member : $"[\"{member}\"]")},[{arguments}]]]";

    private static string Records(int levels, string inner = "null") => new StringBuilder()
        .Insert(0, "{\"next\":", levels).Append(inner).Append(new StringBuilder().Insert(0, ",\"value\":1}", levels)).ToString();

    private static string Path(string each, string last) =>
        $"[{string.Join(',', Enumerable.Repeat($"\"{each}\"", Levels))},\"{last}\"]";

    private static IEnumerable<string> Each(Func<int, string> message) => Enumerable.Range(1, Levels).Select(message);

    private static IEnumerable<string> Releases(int count) => Enumerable.Range(1, count).Select(id => $"[\"release\",{id},1]");

    private static IEnumerable<string> ValuesInValues(string form = "pipeline") => Enumerable.Range(0, Levels)
        .Select(id => id == 0 ? "[\"push\",{\"a\":1}]" : $"[\"push\",{{\"a\":[\"{form}\",{id}]}}]");

    private static string Nested(string open, string close, string message = "[\"push\",", int levels = Levels) =>
        new StringBuilder(message)
        .Insert(message.Length, open, levels).Append('1').Append(new StringBuilder().Insert(0, close, levels)).Append(']').ToString();
}
