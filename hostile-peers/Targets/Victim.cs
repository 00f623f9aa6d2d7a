using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.Hostile.Targets;

/// <summary>
/// The main object that hostile peers attack. Its members take and return each kind of value and reference, fail in each way, and wait
/// until <see cref="Finish"/>. The captured conversations call members of the same names.
/// </summary>
internal sealed class Victim
{
    private static readonly int[] s_list = [10, 20, 30];

    private readonly Lock _lock = new();
    private readonly List<double> _log = [];
    private readonly List<TaskCompletionSource> _waiting = [];
    private RpcStub? _kept;

    static Victim() => RpcContract.Register(Contract);

    /// <summary>Registers the contract. A route must find it before the first victim is created.</summary>
    public static void Register()
    {
    }

    public static RpcContract<Victim> Contract { get; } = new(
        null,
        RpcMember<Victim>.Self((_, call) => call.Return(10 * call.Required<double>(0, "x"))),
        Method("square", (_, call) => call.Return(Math.Pow(call.Required<double>(0, "x"), 2))),
        Method("add", (_, call) => call.Return(call.Required<double>(0, "a") + call.Required<double>(1, "b"))),
        Method("echo", (_, call) => call.Return(call.Optional<object?>(0, null))),
        Method("give", (_, call) => call.Return(call.Optional<object?>(0, null))),
        Method("len", (_, call) => call.Return(Length(call.Optional<object?>(0, null)))),
        Method("take", (_, call) => call.Return(Take(call))),
        Method("hello", (_, call) => call.Return("hello")),
        Method("getUndefined", (_, call) => call.Return()),
        Method("getObject", (_, call) => call.Return(new { a = new { b = new[] { 10, 20 } } })),
        Method("rows", (_, call) => call.Return(new[] { new { name = "a" }, new { name = "b" } })),
        Method("fibonacci", (_, call) => call.Return(Enumerable.Range(0, Math.Clamp(call.Required<int>(0, "n"), 0, 100)).ToArray())),
        Method("record", (victim, call) => call.Return(victim.Record(call.Required<double>(0, "n")))),
        Method("getLog", (victim, call) => call.Return(victim.Log())),
        Method("makeCounter", (_, call) => call.Return(new Tally(call.Optional(0, 0d)))),
        Method("throwError", (_, _) => throw new RpcException(RpcErrorTypes.RangeError, "test error")),
        Method("throwRich", (_, _) => throw Rich()),
        Method("throwString", (_, _) => throw new RpcException("just a string") { Thrown = "just a string" }),
        Method("throwStubProp", (_, _) => throw WithStub()),
        Method("unserializable", (_, call) => call.Return<object>(new System.Reflection.Pointer[1].GetEnumerator())),
        Method("later", (victim, call) => call.Return(victim.WaitAsync(call.Optional<object?>(1, null)))),
        Method("never", (victim, call) => call.Return(victim.WaitAsync<object?>(null))),
        Method("hangThrow", (victim, call) => call.Return(victim.HangAsync(call.Cancellation))),
        Method("callFunction", (_, call) => call.Return(CallAsync(call.Required<RpcStub>(0, "f"), call.Optional(1, 1d)))),
        Method("callSquare", (_, call) => call.Return(Called(call.Required<RpcStub>(0, "stub"), "square", call.Optional(1, 1d)))),
        Method("incrementCounter", (_, call) => call.Return(
            Called(call.Required<RpcStub>(0, "counter"), "increment", call.Optional(1, 1d)))),
        Method("nestCallback", (_, call) => call.Return(
            new Dictionary<string, RpcStub> { ["r"] = Called(call.Required<RpcStub>(0, "f"), null, 1) })),
        Method("readValue", (_, call) => call.Return(ReadValueAsync(call.Required<RpcStub>(0, "stub")))),
        Method("keep", (victim, call) => call.Return(victim.Keep(call.Required<RpcStub>(0, "f")))),
        Method("useKept", (victim, call) => call.Return(Called(victim.Kept(), null, call.Optional(0, 1d)))),
        Method("dropKept", (victim, call) => victim.Drop()),
        Method("echoDup", (_, call) => call.Return(call.Required<RpcStub>(0, "stub").Duplicate())),
        Method("echoDupIn", (_, call) => call.Return(
            new Dictionary<string, RpcStub> { ["f"] = call.Required<RpcStub>(0, "stub").Duplicate() })),
        RpcMember<Victim>.Property("list", (_, call) => call.Return(s_list)),
        RpcMember<Victim>.Property("me", (victim, call) => call.Return(victim)));

    /// <summary>Ends every call that waits, and drops the stub that is kept.</summary>
    /// <returns>Whether a call waited. Its end can let the next one begin.</returns>
    public bool Finish()
    {
        TaskCompletionSource[] waiting;
        lock (_lock)
        {
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        Array.ForEach(waiting, one => one.TrySetResult());
        Drop();
        return waiting.Length > 0;
    }

    private static RpcMember<Victim> Method(string name, Action<Victim, RpcInvocation> run) => RpcMember<Victim>.Method(name, run);

    private static int Length(object? value) => value switch
    {
        string text => text.Length,
        System.Collections.ICollection items => items.Count,
        _ => 0,
    };

    private static int Take(RpcInvocation call)
    {
        for (int i = 0; i < call.ArgumentCount; i++)
        {
            _ = call.Optional<object?>(i, null);
        }

        return call.ArgumentCount;
    }

    private static RpcException Rich() => new(RpcErrorTypes.TypeError, "rich", new RpcException("inner"))
    {
        Properties = new Dictionary<string, object?> { ["code"] = "E_RICH", ["details"] = new object?[] { 1, "2" } },
    };

    private static RpcException WithStub() => new("has stub")
    {
        Properties = new Dictionary<string, object?> { ["cb"] = new Tally(0), ["ok"] = 2 },
    };

    private static async Task<double> CallAsync(RpcStub function, double x) =>
        await function.InvokeAsync<double, RpcArguments<double>>(null, RpcArguments.Of(x));

    private static RpcPromise<object?> Called(RpcStub stub, string? name, double x) =>
        stub.Call<object?, RpcArguments<double>>(name, RpcArguments.Of(x));

    private static async Task<object?> ReadValueAsync(RpcStub stub)
    {
        using RpcStub kept = stub.Duplicate();
        return await kept.Property<object?>("value");
    }

    private double Record(double n)
    {
        lock (_lock)
        {
            _log.Add(n);
            return _log.Count;
        }
    }

    private double[] Log()
    {
        lock (_lock)
        {
            return [.. _log.TakeLast(100)];
        }
    }

    private string Keep(RpcStub stub)
    {
        Drop();
        _kept = stub.Duplicate();
        return "kept";
    }

    private RpcStub Kept() => _kept ?? throw new RpcException("Nothing is kept.");

    private void Drop()
    {
        _kept?.Dispose();
        _kept = null;
    }

    private async Task<T> WaitAsync<T>(T value)
    {
        await AddWaiting().Task;
        return value;
    }

    private async Task HangAsync(CancellationToken cancellation)
    {
        TaskCompletionSource waiting = AddWaiting();
        using CancellationTokenRegistration registration = cancellation.Register(() =>
        {
            waiting.TrySetCanceled(cancellation);
            throw new InvalidOperationException("The cancellation callback of hangThrow failed.");
        });
        await waiting.Task;
    }

    private TaskCompletionSource AddWaiting()
    {
        var waiting = new TaskCompletionSource();
        lock (_lock)
        {
            _waiting.Add(waiting);
        }

        return waiting;
    }
}

/// <summary>A number that peers change by reference.</summary>
/// <param name="start">The first value.</param>
internal sealed class Tally(double start)
{
    private double _value = start;

    static Tally() => RpcContract.Register(Contract);

    public static RpcContract<Tally> Contract { get; } = new(
        null, RpcMember<Tally>.Method("increment", (tally, call) => call.Return(tally._value += call.Optional(0, 1d))));
}
