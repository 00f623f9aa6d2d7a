using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>How sessions and calls end, and that their tables are then empty.</summary>
public sealed class SessionLifeTests
{
    [Fact]
    public async Task Tables_are_empty_after_ten_thousand_calls()
    {
        await using var pair = new Pair(new TraceTarget(), TraceTarget.Contract);
        for (int i = 0; i < 10_000; i++)
        {
            switch (i % 4)
            {
                case 0:
                    Assert.Equal(4d * i * i, await pair.Main.CallAsync<double, RpcArguments<int>>("square", new(2 * i)));
                    break;
                case 1:
                    using (RpcPromise<RpcStub> counter = pair.Main.Begin<RpcStub, RpcArguments<int>>("makeCounter", new(i)))
                    {
                        Assert.Equal(i + 1, await counter.CallAsync<int, RpcArguments<int>>("increment", new(1)));
                    }

                    break;
                case 2:
                    (await pair.Main.CallAsync<RpcStub, RpcArguments<int>>("makeCounter", new(i))).Dispose();
                    break;
                default:
                    Assert.Equal(2 * i, await CallFunctionAsync(i));
                    break;
            }
        }

        await pair.AssertEmptyAsync();

        async Task<int> CallFunctionAsync(int x) => (await pair.Main.CallAsync<Dictionary<string, int>, RpcArguments<Doubler, int>>(
            "callFunction", new(new Doubler(), x)))["result"];
    }

    [Fact]
    public async Task Transport_error_fails_pending_and_later_calls()
    {
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        var session = new RpcSession(transport, target, TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        Task<int> plain = session.Main.CallAsync<int, RpcArguments>("never", default).AsTask();
        RpcPromise<int> promise = session.Main.Begin<int, RpcArguments>("never", default);
        Task<int> pulled = promise.AsTask();
        Task<int> pipelined = promise.Begin<int, RpcArguments>("x", default).AsTask();
        RpcPromise<int> unpulled = session.Main.Begin<int, RpcArguments>("never", default);
        CancellationToken broken = promise.Broken;

        transport.Close(new IOException("cable cut"));
        await session.Completion;

        foreach (Func<Task> call in new Func<Task>[]
        {
            () => plain, () => pulled, () => pipelined, () => unpulled.AsTask(),
            () => session.Main.CallAsync<int, RpcArguments>("later", default).AsTask(),
            () => session.Main.Begin<int, RpcArguments>("later", default).AsTask(),
        })
        {
            RpcBrokenException error = await Assert.ThrowsAsync<RpcBrokenException>(call);
            Assert.Equal("cable cut", error.Message);
            Assert.IsType<IOException>(error.InnerException);
        }

        Assert.True(broken.IsCancellationRequested);
        Assert.True(session.Broken.IsCancellationRequested);
        Assert.Equal("cable cut", session.Error?.Message);
        Assert.Equal(1, target.Disposals);
        Assert.True(transport.IsClosed);
    }

    [Fact]
    public async Task Abort_of_the_peer_fails_calls_without_an_answer()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        Task<int> call = session.Main.CallAsync<int, RpcArguments>("never", default).AsTask();
        session.Flush();
        int sent = transport.Sent.Length;

        transport.Deliver("[\"abort\",[\"error\",\"RangeError\",\"enough\"]]", "[\"resolve\",1,5]");

        RpcBrokenException error = await Assert.ThrowsAsync<RpcBrokenException>(() => call);
        Assert.Equal("enough", error.Message);
        Assert.Equal(RpcErrorTypes.RangeError, Assert.IsType<RpcException>(error.InnerException).ErrorType);
        Assert.Equal(sent, transport.Sent.Length);
        Assert.Equal("enough", transport.Reason?.Message);
    }

    [Theory]
    [InlineData("release/main")]
    [InlineData("release/main-with-pending")]
    public async Task Disposed_main_stub_ends_both_sides_without_abort(string name)
    {
        Trace trace = Trace.Of(name);
        var target = new TraceTarget();
        await using var pair = new Pair(target, TraceTarget.Contract);
        Task<int>? pending = trace.TextsFrom("client").Any() ? pair.Main.CallAsync<int, RpcArguments>("never", default).AsTask() : null;
        await pair.SettleAsync();

        pair.Main.Dispose();
        await pair.Server.Completion;

        Assert.Equal(trace.Frames.First(frame => frame.From == "client" && frame.Close is not null).Close, pair.Client.Error?.Message);
        Assert.NotNull(pair.Server.Error);
        if (pending is not null)
        {
            await Assert.ThrowsAsync<RpcBrokenException>(() => pending);
        }
    }

    [Theory]
    [InlineData("abort/transport-lost")]
    [InlineData("abort/after-bad-frame")]
    public async Task Session_that_fails_sends_an_abort(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, new TraceTarget(), TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        Task<int> call = session.Main.CallAsync<int, RpcArguments>("never", default).AsTask();

        if (name == "abort/transport-lost")
        {
            transport.Close(new IOException("connection lost"));
        }
        else
        {
            transport.Deliver("[\"what\"]");
        }

        await Assert.ThrowsAsync<RpcBrokenException>(() => call);
        string told = trace.Frames.Select(frame => frame.Text)
            .Last(text => text?.StartsWith("[\"abort\"", StringComparison.Ordinal) == true)!;
        Assert.Equal(told[.."[\"abort\",[\"error\",\"Error\"".Length], transport.Sent[^1][.."[\"abort\",[\"error\",\"Error\"".Length]);
        Assert.Equal(session.Error, transport.Reason);
    }

    [Fact]
    public async Task End_cancels_calls_and_disposes_exports_once()
    {
        var target = new Holder();
        await using var pair = new Pair(target, Holder.Contract);
        RpcStub first = await pair.Main.CallAsync<RpcStub, RpcArguments>("open", default);
        RpcStub second = await pair.Main.CallAsync<RpcStub, RpcArguments>("open", default);
        Task<int> waiting = pair.Main.CallAsync<int, RpcArguments>("wait", default).AsTask();
        await pair.SettleAsync();
        first.Dispose();
        await pair.SettleAsync();
        Assert.Equal(0, target.Door.Disposals);

        await pair.Client.DisposeAsync();
        await pair.Server.Completion;

        await target.Cancelled.Task;
        await Assert.ThrowsAsync<RpcBrokenException>(() => waiting);
        Assert.Equal(1, target.Door.Disposals);
        Assert.Equal(0, pair.Server.Statistics.CallsInFlight);
        second.Dispose();
    }

    [Fact]
    public async Task Main_object_is_not_disposed_with_LeaveMain()
    {
        var target = new TraceTarget();
        await using (new Pair(target, TraceTarget.Contract, server: new RpcSessionOptions { LeaveMain = true }))
        {
        }

        Assert.Equal(0, target.Disposals);
    }

    [Fact]
    public async Task Cancelled_call_is_released_at_once()
    {
        var target = new Holder();
        await using var pair = new Pair(target, Holder.Contract);
        using var given = new CancellationTokenSource();
        ValueTask<int> plain = pair.Main.InvokeAsync<int, RpcArguments>("wait", default, given.Token);
        await pair.Client.FlushAsync();
        Assert.Equal(1, pair.Server.Statistics.CallsInFlight);

        await given.CancelAsync();
        await pair.SettleAsync();

        OperationCanceledException error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await plain);
        Assert.Equal(given.Token, error.CancellationToken);
        await target.Cancelled.Task;
        await pair.AssertEmptyAsync();
    }

    [Fact]
    public async Task Cancelled_or_disposed_promise_cancels_its_call()
    {
        var target = new Holder();
        await using var pair = new Pair(target, Holder.Contract);
        using var given = new CancellationTokenSource();
        RpcPromise<int> promise = pair.Main.Call<int, RpcArguments>("wait", default, given.Token);
        await pair.SettleAsync();

        await given.CancelAsync();
        await pair.SettleAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => promise.AsTask());
        await target.Cancelled.Task;

        target.Reset();
        RpcPromise<int> second = pair.Main.Begin<int, RpcArguments>("wait", default);
        Task<int> awaited = second.AsTask();
        await pair.SettleAsync();
        second.Dispose();
        await pair.SettleAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => awaited);
        await target.Cancelled.Task;
        await pair.AssertEmptyAsync();
    }

    [Fact]
    public async Task Disposed_promise_keeps_running_for_pipelined_calls()
    {
        var target = new Holder();
        await using var pair = new Pair(target, Holder.Contract);
        RpcPromise<RpcStub> door = pair.Main.Begin<RpcStub, RpcArguments>("openLater", default);
        ValueTask<string> knock = door.CallAsync<string, RpcArguments>("knock", default);
        await pair.Client.FlushAsync();

        door.Dispose();
        await pair.SettleAsync();
        target.Opened.SetResult();

        Assert.Equal("who is there?", await knock);
        await pair.AssertEmptyAsync();
    }
}

/// <summary>Returns the same object from every call, and has a method that waits for its cancellation.</summary>
internal sealed class Holder
{
    public static RpcContract<Holder> Contract { get; } = new(
        null,
        RpcMember<Holder>.Method("open", (holder, call) => call.Return(holder.Door)),
        RpcMember<Holder>.Method("openLater", (holder, call) => call.Return(holder.OpenAsync())),
        RpcMember<Holder>.Method("wait", (holder, call) => call.Return(holder.WaitAsync(call.Cancellation))));

    public Door Door { get; } = new();

    public TaskCompletionSource Opened { get; } = new();

    public TaskCompletionSource Cancelled { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Reset() => Cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task<Door> OpenAsync()
    {
        await Opened.Task;
        return Door;
    }

    private async Task<int> WaitAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
            return 0;
        }
        finally
        {
            Cancelled.SetResult();
        }
    }
}

/// <summary>Counts its disposals.</summary>
internal sealed class Door : IAsyncDisposable
{
    static Door() => RpcContract.Register(new RpcContract<Door>(
        null, RpcMember<Door>.Method("knock", (_, call) => call.Return("who is there?"))));

    public int Disposals { get; private set; }

    public ValueTask DisposeAsync()
    {
        Disposals++;
        return default;
    }
}
