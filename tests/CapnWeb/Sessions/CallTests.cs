using System.Diagnostics;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Behaviour of calls that the traces do not cover.</summary>
[Collection(nameof(SessionTelemetry))]
public sealed class CallTests
{
    [Fact]
    public async Task Calls_of_a_thread_start_in_order()
    {
        const int Threads = 8;
        const int Calls = 500;
        var target = new Recorder();
        await using var pair = new Pair(target, Recorder.Contract);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => TestCalls.InBackgroundAsync(async () =>
        {
            var calls = new List<Task>();
            for (int i = 0; i < Calls; i++)
            {
                calls.Add(i % 3 == 0
                    ? pair.Main.Begin<RpcVoid, RpcArguments<int, int>>("record", new(thread, i)).AsTask()
                    : pair.Main.CallAsync<RpcVoid, RpcArguments<int, int>>("record", new(thread, i)).AsTask());
            }

            await Task.WhenAll(calls);
        })));

        Assert.Equal(Threads * Calls, target.Recorded.Count);
        Assert.All(target.Recorded.GroupBy(one => one.Thread), calls =>
            Assert.Equal(Enumerable.Range(0, Calls), calls.Select(one => one.Number)));
        await pair.AssertEmptyAsync();
    }

    [Fact]
    public async Task Concurrent_duplicates_and_disposals_balance()
    {
        const int Rounds = 300;
        await using var pair = new Pair(new Holder(), Holder.Contract);

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => TestCalls.InBackgroundAsync(async () =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                RpcStub door = await pair.Main.CallAsync<RpcStub, RpcArguments>("open", default);
                RpcStub second = door.Duplicate();
                Task<string> knock = TestCalls.InBackgroundAsync(() => second.CallAsync<string, RpcArguments>("knock", default).AsTask());
                Task dispose = TestCalls.InBackgroundAsync(door.Dispose);
                Assert.Equal("who is there?", await knock);
                await dispose;
                second.Dispose();
                second.Dispose();
            }
        })));

        Assert.Null(pair.Client.Error);
        Assert.Null(pair.Server.Error);
        await pair.AssertEmptyAsync();
    }

    [Fact]
    public async Task Calls_of_one_turn_leave_in_one_write()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        RpcPromise<RpcStub> first = session.Main.Begin<RpcStub, RpcArguments>("a", default);
        RpcPromise<RpcStub> second = first.Begin<RpcStub, RpcArguments>("b", default);
        ValueTask<int> third = second.CallAsync<int, RpcArguments>("c", default);
        Assert.Equal(0, transport.Writes);

        _ = Await();

        Assert.Equal(1, transport.Writes);
        Assert.Equal(4, transport.Sent.Length);

        async Task Await() => _ = await third.ConfigureAwait(true);
    }

    [Fact]
    public async Task Answers_to_one_turn_leave_in_one_write()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, new TraceTarget(), TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        transport.Deliver(
            "[\"push\",[\"pipeline\",0,[\"square\"],[2]]]", "[\"pull\",1]",
            "[\"push\",[\"pipeline\",0,[\"throwError\"],[]]]", "[\"pull\",2]",
            "[\"push\",[\"pipeline\",0,[\"square\"],[[\"pipeline\",1]]]]", "[\"pull\",3]");

        Assert.Equal(
            ["[\"resolve\",1,4]", "[\"reject\",2,[\"error\",\"RangeError\",\"test error\"]]", "[\"resolve\",3,16]"], transport.Sent);
        Assert.Equal(1, transport.Writes);
    }

    [Fact]
    public async Task Messages_during_a_write_leave_together()
    {
        var transport = new ScriptedTransport();
        var sent = new TaskCompletionSource();
        transport.Hold = sent.Task;
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        for (int i = 0; i < 5; i++)
        {
            _ = session.Main.Begin<int, RpcArguments>("a", default);
            session.Flush();
        }

        Assert.Equal(1, transport.Writes);

        transport.Hold = null;
        sent.SetResult();

        Assert.Equal(2, transport.Writes);
        Assert.Equal(5, transport.Sent.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Continuation_runs_on_the_reading_thread_only_if_allowed(bool isAllowed)
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, options: new RpcSessionOptions { TimeProvider = new ManualTime(), AllowSynchronousContinuations = isAllowed });
        int reader = 0;
        Task<bool> plain = IsOnReaderAfter(
            async () => await session.Main.InvokeAsync<int, RpcArguments>("a", default, TestContext.Current.CancellationToken));
        Task<bool> promised = IsOnReaderAfter(async () => await session.Main.Begin<int, RpcArguments>("b", default));

        reader = Environment.CurrentManagedThreadId;
        transport.Deliver("[\"resolve\",1,1]", "[\"resolve\",2,2]");
        reader = 0;

        Assert.Equal([isAllowed, isAllowed], await Task.WhenAll(plain, promised));

        async Task<bool> IsOnReaderAfter(Func<Task<int>> call)
        {
            await call().ConfigureAwait(false);
            return reader == Environment.CurrentManagedThreadId;
        }
    }

    [Fact]
    public async Task Argument_stub_ends_with_its_call()
    {
        var target = new Keeper();
        await using var pair = new Pair(target, Keeper.Contract);
        await pair.Main.CallAsync<RpcVoid, RpcArguments<Doubler, Doubler>>("keep", new(new Doubler(), new Doubler()));

        await Assert.ThrowsAsync<ObjectDisposedException>(() => TestCalls.InBackgroundAsync(() => CallAsync(target.Bare!)));
        Assert.Equal(6, await CallAsync(target.Duplicate!));
        target.Duplicate!.Dispose();
        await pair.AssertEmptyAsync();

        static Task<int> CallAsync(RpcStub stub) => stub.CallAsync<int, RpcArguments<int>>(null, new(3)).AsTask();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stubs_of_an_unreadable_result_are_released(bool isPromise)
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        Task<Stubbed> call = isPromise
            ? session.Main.Begin<Stubbed, RpcArguments>("a", default).AsTask()
            : session.Main.CallAsync<Stubbed, RpcArguments>("a", default).AsTask();

        transport.Deliver("[\"resolve\",1,{\"stub\":[\"export\",-1],\"number\":\"none\"}]");

        await Assert.ThrowsAsync<RpcValueException>(() => call);
        await session.FlushAsync();
        Assert.Contains("[\"release\",-1,1]", transport.Sent);
        Assert.Equal(1, session.Statistics.Imports);
    }

    [Fact]
    public async Task Stub_returned_to_its_owner_is_called_locally()
    {
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        var home = await pair.Main.CallAsync<Dictionary<string, RpcStub>, RpcArguments<Doubler>>("echoDupIn", new(new Doubler()));
        using RpcStub doubler = home["f"];
        long sent = pair.Client.Statistics.MessagesSent;
        Assert.Equal(8, await doubler.CallAsync<int, RpcArguments<int>>(null, new(4)));
        Assert.Equal(sent, pair.Client.Statistics.MessagesSent);

        using RpcPromise<int> local = doubler.Begin<int, RpcArguments<int>>(null, new(5));
        Assert.Equal(100, await pair.Main.CallAsync<double, RpcArguments<RpcPromise<int>>>("square", new(local)));
    }

    [Fact]
    public async Task Call_waits_for_a_local_promise_argument()
    {
        var late = new LateFunction();
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        var home = await pair.Main.CallAsync<Dictionary<string, RpcStub>, RpcArguments<LateFunction>>("echoDupIn", new(late));
        using RpcStub function = home["f"];
        using RpcPromise<int> one = function.Begin<int, RpcArguments>(null, default);
        Task<int> first = pair.Main.Begin<int, RpcArguments<RpcPromise<int>>>("record", new(one)).AsTask();
        Assert.Equal(1, await pair.Main.CallAsync<int, RpcArguments<int>>("record", new(2)));

        late.Result.SetResult(1);

        Assert.Equal(2, await first);
        int[] log = await pair.Main.CallAsync<int[], RpcArguments>("getLog", default);
        Assert.Equal([2, 1], log);
    }

    [Fact]
    public async Task Property_is_read_only_when_awaited()
    {
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        using RpcPromise<int[]> list = pair.Main.Property<int[]>("list");
        int[] whole = await list;
        Assert.Equal([10, 20, 30], whole);
        using RpcPromise<Dictionary<string, object>> made = pair.Main.Begin<Dictionary<string, object>, RpcArguments>("getObject", default);
        int[] part = await made.Property<object>("a").Property<int[]>("b");
        Assert.Equal([10, 20], part);
        made.Dispose();
        list.Dispose();
        await pair.SettleAsync();
    }

    [Fact]
    public async Task Hook_replaces_errors_and_may_add_a_stack()
    {
        var options = new RpcSessionOptions
        {
            OnSendError = error => error is RpcException known
                ? new RpcException(known.ErrorType, "told: " + known.Message) { RemoteStack = "at home" }
                : new RpcException("internal error"),
        };
        await using var pair = new Pair(new Failing(), Failing.Contract, server: options);

        RpcException known = await Assert.ThrowsAsync<RpcException>(
            () => pair.Main.CallAsync<int, RpcArguments>("known", default).AsTask());
        RpcException hidden = await Assert.ThrowsAsync<RpcException>(
            () => pair.Main.CallAsync<int, RpcArguments>("secret", default).AsTask());

        Assert.Equal(("RangeError", "told: known", "at home"), (known.ErrorType, known.Message, known.RemoteStack));
        Assert.Equal("internal error", hidden.Message);
    }

    [Fact]
    public async Task Failing_hook_hides_the_error()
    {
        await using var pair = new Pair(
            new Failing(),
            Failing.Contract,
            server: new RpcSessionOptions { OnSendError = _ => throw new InvalidOperationException("hook") });

        RpcException error = await Assert.ThrowsAsync<RpcException>(
            () => pair.Main.CallAsync<int, RpcArguments>("secret", default).AsTask());

        Assert.DoesNotContain("password", error.Message, StringComparison.Ordinal);
        Assert.Null(pair.Server.Error);
    }

    [Fact]
    public async Task Value_that_calls_while_being_sent_is_refused()
    {
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        var value = new CallingValue(pair.Main);

        await Assert.ThrowsAnyAsync<Exception>(() => pair.Main.CallAsync<int, RpcArguments<CallingValue>>("take", new(value)).AsTask());

        Assert.Equal(9, await pair.Main.CallAsync<double, RpcArguments<int>>("square", new(3)));
        await pair.AssertEmptyAsync();
    }

    [Fact]
    public async Task Call_that_ends_during_a_send_is_answered_later()
    {
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using var session = new RpcSession(
            transport, target, TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        transport.Deliver("[\"push\",[\"pipeline\",0,[\"later\"],[0,{\"x\":1}]]]", "[\"pull\",1]");

        ValueTask<int> call = session.Main.CallAsync<int, RpcArguments<CompletingValue>>("take", new(new CompletingValue(target)));
        await session.FlushAsync();

        Assert.Equal(
            ["[\"push\",[\"pipeline\",0,[\"take\"],[{\"completed\":true}]]]", "[\"pull\",1]", "[\"resolve\",1,{\"x\":1}]"], transport.Sent);
        Assert.False(call.IsCompleted);
    }

    [Fact]
    public async Task Stub_is_called_through_another_session()
    {
        await using var far = new Pair(new TraceTarget(), TraceTarget.Contract);
        await using var near = new Pair(new Relay(far.Main), Relay.Contract);
        using (RpcPromise<RpcStub> server = near.Main.Begin<RpcStub, RpcArguments>("server", default))
        {
            Assert.Equal(9, await server.CallAsync<double, RpcArguments<int>>("square", new(3)));
            var doubled = await server.CallAsync<Dictionary<string, int>, RpcArguments<Doubler, int>>(
                "callFunction", new(new Doubler(), 5));
            Assert.Equal(10, doubled["result"]);
            using RpcPromise<double> square = server.Begin<double, RpcArguments<int>>("square", new(2));
            Assert.Equal(16, await server.CallAsync<double, RpcArguments<RpcPromise<double>>>("square", new(square)));
            RpcException error = await Assert.ThrowsAsync<RpcException>(
                () => server.CallAsync<int, RpcArguments>("throwError", default).AsTask());
            Assert.Equal("test error", error.Message);
        }

        await near.AssertEmptyAsync();
        await far.AssertEmptyAsync();
    }

    [Fact]
    public async Task Call_has_a_span_on_each_side()
    {
        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "WorkerRpc.CapnWeb",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                lock (spans)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var pair = new Pair(new Failing(), Failing.Contract);

        await Assert.ThrowsAsync<RpcException>(() => pair.Main.CallAsync<int, RpcArguments>("known", default).AsTask());

        using (RpcPromise<int> promise = pair.Main.Begin<int, RpcArguments>("known", default))
        {
            await Assert.ThrowsAsync<RpcException>(() => promise.AsTask());
        }

        Activity[] seen = [.. spans.Where(span => span.OperationName == "known")];
        Assert.Equal(2, seen.Count(span => span.Kind == ActivityKind.Client));
        Assert.Equal(2, seen.Count(span => span.Kind == ActivityKind.Server));
        Assert.All(seen, span => Assert.Equal(ActivityStatusCode.Error, span.Status));
    }
}

/// <summary>A result that contains a stub.</summary>
internal sealed record Stubbed(RpcStub Stub, int Number);

/// <summary>Records the thread and number that each call passes, in call order.</summary>
internal sealed class Recorder
{
    public static RpcContract<Recorder> Contract { get; } = new(null, RpcMember<Recorder>.Method("record", (recorder, call) =>
    {
        recorder.Recorded.Add((call.Required<int>(0, "thread"), call.Required<int>(1, "number")));
        call.Return();
    }));

    public List<(int Thread, int Number)> Recorded { get; } = [];
}

/// <summary>Keeps the first argument without duplicating it, and a duplicate of the second.</summary>
internal sealed class Keeper
{
    public static RpcContract<Keeper> Contract { get; } = new(null, RpcMember<Keeper>.Method("keep", (keeper, call) =>
    {
        keeper.Bare = call.Required<RpcStub>(0, "bare");
        keeper.Duplicate = call.Required<RpcStub>(1, "kept").Duplicate();
    }));

    public RpcStub? Bare { get; private set; }

    public RpcStub? Duplicate { get; private set; }
}

/// <summary>A function whose result the test sets later.</summary>
internal sealed class LateFunction
{
    static LateFunction() => RpcContract.Register(new RpcContract<LateFunction>(
        null, RpcMember<LateFunction>.Self((late, call) => call.Return(late.Result.Task))));

    public TaskCompletionSource<int> Result { get; } = new();
}

/// <summary>Throws an error that peers may see, and one that they may not.</summary>
internal sealed class Failing
{
    public static RpcContract<Failing> Contract { get; } = new(
        null,
        RpcMember<Failing>.Method("known", (_, _) => throw new RpcException(RpcErrorTypes.RangeError, "known")),
        RpcMember<Failing>.Method("secret", (_, _) => throw new InvalidOperationException("the password is 1234")));
}

/// <summary>A value that makes a call while it is serialized.</summary>
internal sealed class CallingValue(RpcStub stub)
{
    public object Called => stub.Begin<int, RpcArguments>("take", default);
}

/// <summary>A value that completes a call while it is serialized.</summary>
internal sealed class CompletingValue(TraceTarget target)
{
    public bool Completed
    {
        get
        {
            target.Advance();
            return true;
        }
    }
}

/// <summary>Returns a stub that belongs to another session.</summary>
internal sealed class Relay(RpcStub server)
{
    private readonly RpcStub _server = server;

    public static RpcContract<Relay> Contract { get; } =
        new(null, RpcMember<Relay>.Method("server", (relay, call) => call.Return(relay._server.Duplicate())));
}
