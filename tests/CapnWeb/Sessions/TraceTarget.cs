using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>The main object of the traced servers, with the members that this library supports.</summary>
internal sealed class TraceTarget : IDisposable
{
    private readonly List<double> _log = [];
    private readonly List<TaskCompletionSource> _later = [];
    private RpcStub? _kept;

    public static RpcContract<TraceTarget> Contract { get; } = new(
        null,
        RpcMember<TraceTarget>.Self((_, call) => call.Return(10 * call.Required<double>(0, "x"))),
        RpcMember<TraceTarget>.Method("square", (_, call) => call.Return(Square(call.Required<double>(0, "x")))),
        RpcMember<TraceTarget>.Method("add", (_, call) => call.Return(call.Required<double>(0, "a") + call.Required<double>(1, "b"))),
        RpcMember<TraceTarget>.Method("take", (_, call) => call.Return(Take(call))),
        RpcMember<TraceTarget>.Method("hello", (_, call) => call.Return("hello")),
        RpcMember<TraceTarget>.Method("give", (_, call) => call.Return(call.Required<object>(0, "name"))),
        RpcMember<TraceTarget>.Method("getUndefined", (_, call) => call.Return()),
        RpcMember<TraceTarget>.Method("makeCounter", (_, call) => call.Return(new Counter(call.Required<double>(0, "start")))),
        RpcMember<TraceTarget>.Method("laterCounter", (target, call) => call.Return(target.LaterAsync(new Counter(0)))),
        RpcMember<TraceTarget>.Method("throwError", (_, _) => throw new RpcException(RpcErrorTypes.RangeError, "test error")),
        RpcMember<TraceTarget>.Method("throwRich", (_, _) => throw Rich()),
        RpcMember<TraceTarget>.Method("throwString", (_, _) => throw new RpcException("just a string") { Thrown = "just a string" }),
        RpcMember<TraceTarget>.Method("throwStubProp", (_, _) => throw WithStub()),
        RpcMember<TraceTarget>.Method("fibonacci", (_, call) => call.Return(Fibonacci(call.Required<int>(0, "n")))),
        RpcMember<TraceTarget>.Method("record", (target, call) => call.Return(target.Record(call.Required<double>(0, "n")))),
        RpcMember<TraceTarget>.Method("getLog", (target, call) => call.Return(target._log)),
        RpcMember<TraceTarget>.Method("later", (target, call) => call.Return(target.LaterAsync(call.Required<object?>(1, "value")))),
        RpcMember<TraceTarget>.Method("never", (_, call) => call.Return(new TaskCompletionSource<int>().Task)),
        RpcMember<TraceTarget>.Method(
            "callFunction", (_, call) => call.Return(CallAsync(call.Required<RpcStub>(0, "f"), call.Required<double>(1, "x")))),
        RpcMember<TraceTarget>.Method(
            "callSquare", (_, call) => call.Return(CallSquare(call.Required<RpcStub>(0, "stub"), call.Required<double>(1, "x")))),
        RpcMember<TraceTarget>.Method(
            "incrementCounter",
            (_, call) => call.Return(call.Required<RpcStub>(0, "counter").Call<double, RpcArguments<double>>(
                "increment", RpcArguments.Of(call.Required<double>(1, "by"))))),
        RpcMember<TraceTarget>.Method("nestCallback", (_, call) => call.Return(Nest(call.Required<RpcStub>(0, "f")))),
        RpcMember<TraceTarget>.Method("keep", (target, call) => call.Return(target.Keep(call.Required<RpcStub>(0, "f")))),
        RpcMember<TraceTarget>.Method(
            "useKept",
            (target, call) => call.Return(target._kept!.InvokeAsync<double, RpcArguments<double>>(
                null, RpcArguments.Of(call.Required<double>(0, "x"))))),
        RpcMember<TraceTarget>.Method("dropKept", (target, call) => target._kept!.Dispose()),
        RpcMember<TraceTarget>.Method("echo", (_, call) => call.Return(call.Optional<object?>(0, null))),
        RpcMember<TraceTarget>.Method("echoDup", (_, call) => call.Return(call.Required<RpcStub>(0, "stub").Duplicate())),
        RpcMember<TraceTarget>.Method(
            "echoDupIn",
            (_, call) => call.Return(new Dictionary<string, RpcStub> { ["f"] = call.Required<RpcStub>(0, "stub").Duplicate() })),
        RpcMember<TraceTarget>.Method("getObject", (_, call) => call.Return(new { a = new { b = new[] { 10, 20 } } })),
        RpcMember<TraceTarget>.Method("rows", (_, call) => call.Return(new[] { new { name = "a" }, new { name = "b" } })),
        RpcMember<TraceTarget>.Method("go", (target, call) => call.Return(target.GoAsync())),
        RpcMember<TraceTarget>.Method("unserializable", (_, call) => call.Return<object>(new System.Reflection.Pointer[1].GetEnumerator())),
        RpcMember<TraceTarget>.Property("list", (_, call) => call.Return(new[] { 10, 20, 30 })));

    /// <summary>The peer's main object.</summary>
    public RpcStub? Peer { get; set; }

    public int Disposals { get; private set; }

    public void Dispose() => Disposals++;

    /// <summary>Completes the delayed methods.</summary>
    public void Advance()
    {
        TaskCompletionSource[] due = [.. _later];
        _later.Clear();
        Array.ForEach(due, one => one.SetResult());
    }

    private static double Square(double x) => x * x;

    private static int Take(RpcInvocation call)
    {
        // Reading an argument creates its stubs. They are disposed with the call.
        for (int i = 0; i < call.ArgumentCount; i++)
        {
            _ = call.Optional<object?>(i, null);
        }

        return call.ArgumentCount;
    }

    private static List<int> Fibonacci(int count)
    {
        List<int> numbers = [];
        for (int i = 0; i < count; i++)
        {
            numbers.Add(i < 2 ? i : numbers[i - 1] + numbers[i - 2]);
        }

        return numbers;
    }

    private static RpcException Rich() => new(RpcErrorTypes.TypeError, "rich", new RpcException("inner"))
    {
        Properties = new Dictionary<string, object?>
        {
            ["code"] = "E_RICH",
            ["details"] = new Dictionary<string, object?> { ["tries"] = new object?[] { 1, 2 } },
        },
    };

    private static RpcException WithStub() => new("has stub")
    {
        Properties = new Dictionary<string, object?> { ["cb"] = new RpcTarget(new Counter(0), Counter.Contract), ["ok"] = 2 },
    };

    private static async Task<Dictionary<string, double>> CallAsync(RpcStub function, double x) =>
        new() { ["result"] = await function.InvokeAsync<double, RpcArguments<double>>(null, RpcArguments.Of(x)) };

    private static Dictionary<string, RpcStub> CallSquare(RpcStub stub, double x) =>
        new() { ["result"] = stub.Call<double, RpcArguments<double>>("square", RpcArguments.Of(x)) };

    private static Dictionary<string, RpcStub> Nest(RpcStub function) =>
        new() { ["r"] = function.Call<double, RpcArguments<double>>(null, RpcArguments.Of(1d)) };

    private double Record(double n)
    {
        _log.Add(n);
        return _log.Count;
    }

    private string Keep(RpcStub function)
    {
        _kept = function.Duplicate();
        return "kept";
    }

    private async Task<T> LaterAsync<T>(T value)
    {
        var due = new TaskCompletionSource();
        _later.Add(due);
        await due.Task;
        return value;
    }

    private async Task<string> GoAsync() => "hello " + await Peer!.InvokeAsync<string, RpcArguments>("name", default);
}

/// <summary>A counter, passed by reference.</summary>
internal sealed class Counter(double start)
{
    private double _value = start;

    static Counter() => RpcContract.Register(Contract);

    public static RpcContract<Counter> Contract { get; } = new(
        null, RpcMember<Counter>.Method("increment", (counter, call) => call.Return(counter._value += call.Optional(0, 1d))));
}
