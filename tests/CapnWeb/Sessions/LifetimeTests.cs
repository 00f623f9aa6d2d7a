using System.Runtime.CompilerServices;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>How long callbacks, main objects and returned stubs live.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public async Task End_of_the_session_calls_back_with_its_reason()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        var reasons = new List<Exception>();
        using RpcStub stub = session.Main.Duplicate();
        using RpcPromise<int> property = stub.Property<int>("size");
        stub.OnBroken(reasons.Add);
        property.OnBroken(reasons.Add);
        stub.OnBroken(reasons.Add).Dispose();
        CancellationToken token = stub.Broken;

        transport.Close(new IOException("cable cut"));
        stub.OnBroken(reasons.Add);

        Assert.Equal(["cable cut", "cable cut", "cable cut"], reasons.Select(reason => reason.Message));
        Assert.True(token.IsCancellationRequested);
    }

    [Fact]
    public async Task Disposed_stub_neither_calls_back_nor_keeps_the_callback()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        int calls = 0;
        using RpcStub other = session.Main.Duplicate();
        other.OnBroken(_ => calls += 10);
        WeakReference kept = Register(session.Main.Duplicate(), () => calls++);

        for (int i = 0; i < 10 && kept.IsAlive; i++)
        {
#pragma warning disable RS0030 // The test checks what a collection can free.
            GC.Collect();
#pragma warning restore RS0030
            await Task.Yield();
        }

        Assert.False(kept.IsAlive);
        transport.Close(new IOException("cable cut"));
        Assert.Equal(10, calls);
    }

    [Fact]
    public async Task Callback_on_an_argument_ends_with_the_call()
    {
        var target = new Watcher();
        await using var pair = new Pair(target, Watcher.Contract);
        await pair.Main.CallAsync<RpcVoid, RpcArguments<Doubler>>("watch", new(new Doubler()));

        await pair.DisposeAsync();

        Assert.Equal(0, target.Calls);
    }

    [Fact]
    public async Task Main_object_lives_until_its_last_session_ends()
    {
        var main = new TraceTarget();
        await using var first = new Pair(main, TraceTarget.Contract);
        await using var second = new Pair(main, TraceTarget.Contract);

        await first.DisposeAsync();
        Assert.Equal(0, main.Disposals);
        Assert.Equal(9, await second.Main.CallAsync<double, RpcArguments<int>>("square", new(3)));
        await second.DisposeAsync();

        Assert.Equal(1, main.Disposals);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Main_object_of_other_code_is_never_disposed(bool isReturned)
    {
        var main = new Self();
        var options = new RpcSessionOptions { LeaveMain = true };
        await using var first = new Pair(main, Self.Contract, server: isReturned ? options : null);
        await using var second = new Pair(main, Self.Contract, server: options);

        if (isReturned)
        {
            // The client's release of the second reference must not dispose the main object.
            (await first.Main.CallAsync<RpcStub, RpcArguments>("me", default)).Dispose();
            await first.SettleAsync();
        }

        await first.DisposeAsync();

        Assert.Equal(0, main.Disposals);
        (await second.Main.CallAsync<RpcStub, RpcArguments>("me", default)).Dispose();
    }

    [Fact]
    public async Task Object_in_a_result_that_waits_for_room_is_not_disposed()
    {
        var made = new Self();
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), Limits = new RpcLimits { MaxHeldBytes = 8192 } };
        await using var session = new RpcSession(transport, new Maker(made), Maker.Contract, options);

        transport.Deliver($"[\"push\",\"{new string('x', 6800)}\"]", "[\"push\",[\"pipeline\",0,[\"make\"],[]]]", "[\"pull\",2]");
        Assert.Empty(transport.Sent);
        Assert.Equal(0, made.Disposals);
        transport.Deliver("[\"release\",1,1]");

        Assert.Equal("[\"resolve\",2,[\"export\",-1]]", transport.Sent[^1]);
        Assert.Equal(0, made.Disposals);
        transport.Deliver("[\"release\",2,1]", "[\"release\",-1,1]");
        Assert.Equal(1, made.Disposals);
    }

    [Fact]
    public async Task Duplicate_can_be_returned_twice()
    {
        await using var far = new Pair(new TraceTarget(), TraceTarget.Contract);
        await using var near = new Pair(new Lender(far.Main.Duplicate()), Lender.Contract);
        for (int i = 0; i < 2; i++)
        {
            using RpcStub lent = await near.Main.CallAsync<RpcStub, RpcArguments>("lend", default);
            Assert.Equal(9, await lent.CallAsync<double, RpcArguments<int>>("square", new(3)));
        }

        var local = new Counter(1);
        Assert.Same(local, RpcReference.Duplicate(local));
        using RpcStub given = await near.Main.CallAsync<RpcStub, RpcArguments>("give", default);
        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => near.Main.CallAsync<RpcStub, RpcArguments>("give", default).AsTask());
        Assert.Contains("expected one in use, or a duplicate", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Awaited_promise_can_be_passed_on(bool isStub)
    {
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        if (isStub)
        {
            using RpcPromise<RpcStub> counter = pair.Main.Begin<RpcStub, RpcArguments<int>>("makeCounter", new(4));
            using RpcStub awaited = await counter;
            Assert.Equal(9, await pair.Main.CallAsync<double, RpcArguments<RpcPromise<RpcStub>, int>>("incrementCounter", new(counter, 5)));
        }
        else
        {
            using RpcPromise<double> nine = pair.Main.Begin<double, RpcArguments<int>>("square", new(3));
            Assert.Equal(9, await nine);
            Assert.Equal(81, await pair.Main.CallAsync<double, RpcArguments<RpcPromise<double>>>("square", new(nine)));
            Assert.Equal(81, await pair.Main.Begin<double, RpcArguments<RpcPromise<double>>>("square", new(nine)));
        }

        await pair.SettleAsync();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Register(RpcStub stub, Action callback)
    {
        var holder = new CallbackHolder(callback);
        stub.OnBroken(holder.Call);
        stub.Broken.Register(() => holder.Call(null));
        stub.Dispose();
        return new WeakReference(holder);
    }

    private sealed class CallbackHolder(Action callback)
    {
        public void Call(Exception? reason) => callback();
    }

    /// <summary>Registers a callback on its argument, and does not keep the argument.</summary>
    private sealed class Watcher
    {
        public static RpcContract<Watcher> Contract { get; } = new(
            null,
            RpcMember<Watcher>.Method("watch", (watcher, call) => call.Required<RpcStub>(0, "stub").OnBroken(_ => watcher.Calls++)));

        public int Calls { get; private set; }
    }

    /// <summary>Returns itself.</summary>
    private sealed class Self : IDisposable
    {
        public static RpcContract<Self> Contract { get; } = new(
            null, RpcMember<Self>.Method("me", (self, call) => call.Return<object>(new RpcTarget(self, Contract!))));

        public int Disposals { get; private set; }

        public void Dispose() => Disposals++;
    }

    /// <summary>Returns an object.</summary>
    private sealed class Maker(Self made)
    {
        private readonly Self _made = made;

        public static RpcContract<Maker> Contract { get; } = new(
            null, RpcMember<Maker>.Method("make", (maker, call) => call.Return<object>(new RpcTarget(maker._made, Self.Contract))));
    }

    /// <summary>Returns duplicates of its stub, or the stub itself.</summary>
    private sealed class Lender(RpcStub stub)
    {
        private readonly RpcStub _stub = stub;

        public static RpcContract<Lender> Contract { get; } = new(
            null,
            RpcMember<Lender>.Method("lend", (lender, call) => call.Return(RpcReference.Duplicate(lender._stub))),
            RpcMember<Lender>.Method("give", (lender, call) => call.Return(lender._stub)));
    }
}
