using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.Tests.CapnWeb.Hostile;

/// <summary>The main object of the servers that hostile inputs attack.</summary>
internal sealed class HostileTarget
{
    // A long result that takes no memory of its own.
    private static readonly string s_shared = new('x', 1_100_000);

    static HostileTarget() => RpcContract.Register(Contract!);

    public static RpcContract<HostileTarget> Contract { get; } = new(
        null,
        RpcMember<HostileTarget>.Method("square", (_, call) => call.Return(Square(call.Required<double>(0, "n"))), 1),
        RpcMember<HostileTarget>.Method("echo", (_, call) => call.Return(call.Optional<object?>(0, null))),
        RpcMember<HostileTarget>.Method("len", (_, call) => call.Return(Length(call.Optional<object?>(0, null)))),
        RpcMember<HostileTarget>.Method("keys", (_, call) => call.Return(call.Required<Dictionary<long, object?>>(0, "keys").Count), 1),
        RpcMember<HostileTarget>.Method("big", (_, call) => call.Return(new string('x', call.Required<int>(0, "length"))), 1),
        RpcMember<HostileTarget>.Method("shared", (_, call) => call.Return(s_shared), 0),
        RpcMember<HostileTarget>.Method("keep", (_, call) => call.Return(Keep(call.Required<RpcStub>(0, "stub")))),
        RpcMember<HostileTarget>.Method("store", (target, call) => target.Stored = Keep(call.Required<RpcStub>(0, "stub")), 1),
        RpcMember<HostileTarget>.Method("stored", (target, call) => call.Return(target.Stored!.Duplicate()), 0),
        RpcMember<HostileTarget>.Method("node", (_, call) => call.Return(call.Required<Node>(0, "node").Value), 1),
        RpcMember<HostileTarget>.Method("never", (_, call) => call.Return(new TaskCompletionSource<int>().Task)),
        RpcMember<HostileTarget>.Method("hangThrow", (_, call) => call.Return(HangThrow(call.Cancellation))),
        RpcMember<HostileTarget>.Method("readValue", (_, call) => call.Return(ReadValueAsync(call.Required<RpcStub>(0, "stub")))),
        RpcMember<HostileTarget>.Method("unsendable", (_, call) => call.Return(Unsendable(call.Required<int>(0, "levels"))), 1),
        RpcMember<HostileTarget>.Method("self", (target, call) => call.Return(target)),
        RpcMember<HostileTarget>.Property("me", (target, call) => call.Return(target)));

    /// <summary>The stub that was stored last.</summary>
    public RpcStub? Stored { get; private set; }

    private static double Square(double n) => n * n;

    private static int Length(object? value) => value switch
    {
        string text => text.Length,
        object?[] elements => elements.Length,
        Dictionary<string, object?> members => members.Count,
        _ => 0,
    };

    private static async Task<object?> ReadValueAsync(RpcStub stub)
    {
        // The call disposes its argument at its end only, so that the property can be awaited.
        object? value = await stub.Property<object?>("value");
        return value is RpcStub ? "a stub" : value;
    }

    private static Task HangThrow(CancellationToken cancellation)
    {
        cancellation.Register(static () => throw new InvalidOperationException("the callback's secret"));
        return Task.Delay(Timeout.Infinite, cancellation);
    }

    // System.Text.Json supports no pointers.
    private static object Unsendable(int levels)
    {
        object value = IntPtr.Zero;
        for (int i = 0; i < levels; i++)
        {
            value = new Dictionary<string, object> { ["a"] = value };
        }

        return value;
    }

    // A type that contains itself: System.Text.Json recurses over its values.
    private sealed record Node(Node? Next, int Value);

    private static RpcStub Keep(RpcStub stub) => stub.Duplicate();
}
