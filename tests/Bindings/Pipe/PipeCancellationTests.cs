using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A cancelled or expired call cancels its function in the runtime, and no other call.</summary>
public class PipeCancellationTests
{
    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Cancel_frame_cancels_only_its_call_without_answer(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest one, WatchedFunctions.HeldCall first) = PipeLink.Held();
        (ExecuteRequest other, WatchedFunctions.HeldCall second) = PipeLink.Held();
        await caller.SendAsync(RawFrame.Call(1, one), RawFrame.Call(2, other));
        await Task.WhenAll(first.Arrived, second.Arrived).WaitAsync(cancellation);

        // No call has id 9, so its cancel frame is ignored.
        await caller.SendAsync(RawFrame.Cancel(9), RawFrame.Cancel(1), RawFrame.Call(3, PipeLink.Echo("echo")));

        await first.Cancelled.WaitAsync(cancellation);
        Assert.Equal("echo", (await caller.ReceiveAsync())!.AsResult());
        Assert.False(second.Cancelled.IsCompleted);
        await caller.SendAsync(RawFrame.Cancel(2));
        await second.Cancelled.WaitAsync(cancellation);
        await caller.Output.CompleteAsync();
        Assert.Null(await caller.ReceiveAsync());
        await session.Ended.WaitAsync(cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Expired_function_is_cancelled_by_the_runtime_with_504(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest request, WatchedFunctions.HeldCall held) = PipeLink.Held();

        // 250 ms let the function start on a busy machine. The other deadline is beyond a timer's range.
        await caller.SendAsync(
            RawFrame.Call(1, request, leftMs: 250), RawFrame.Call(2, PipeLink.Echo("echo"), leftMs: long.MaxValue));

        await held.Cancelled.WaitAsync(cancellation);
        await caller.Output.CompleteAsync();
        Dictionary<ulong, RawFrame> answers = (await caller.ReceiveAllAsync()).ToDictionary(frame => frame.Id);
        Assert.Equal("echo", answers[2].AsResult());
        (int status, string detail) = answers[1].AsError();
        Assert.Equal(504, status);
        Assert.Contains($"'{WatchedFunctions.Held}'", detail, StringComparison.Ordinal);
        await session.Ended.WaitAsync(cancellation);
    }

    [Fact(Timeout = 30_000)]
    public async Task Frame_carries_a_deadline_only_if_the_call_has_one()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);

        Task<ExecuteResponse> limited = client.ExecuteAsync(PipeLink.Echo(""), TimeSpan.FromSeconds(29.5), cancellation).AsTask();
        Task<string> unlimited = client.CallAsync(PipeLink.Echo(""), cancellation);

        Assert.Equal(29_500, (await runtime.ReceiveAsync())!.AsCall().LeftMs);
        Assert.Null((await runtime.ReceiveAsync())!.AsCall().LeftMs);
        await runtime.Output.CompleteAsync();
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => limited);
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => unlimited);
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Expired_call_times_out_and_the_connection_stays(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        (ExecuteRequest request, WatchedFunctions.HeldCall held)[] calls = [.. Enumerable.Range(0, 50).Select(_ => PipeLink.Held())];

        Task<ExecuteResponse>[] answers =
            [.. calls.Select(call => link.Client.ExecuteAsync(call.request, TimeSpan.FromMilliseconds(2), cancellation).AsTask())];

        foreach (Task<ExecuteResponse> answer in answers)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => answer);
        }

        await Task.WhenAll(calls.Where(call => call.held.Arrived.IsCompleted).Select(call => call.held.Cancelled)).WaitAsync(cancellation);
        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Late_answer_of_a_cancelled_call_is_ignored(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        using var cancel = new CancellationTokenSource();
        Task<string> cancelled = client.CallAsync(PipeLink.Echo("first"), cancel.Token);
        ulong late = (await runtime.ReceiveAsync())!.Id;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        RawFrame cancelFrame = (await runtime.ReceiveAsync())!;
        Assert.Equal((RawFrame.CancelKind, late), (cancelFrame.Kind, cancelFrame.Id));
        Assert.Empty(cancelFrame.Body);

        Task<string> next = client.CallAsync(PipeLink.Echo("second"), cancellation);
        ulong own = (await runtime.ReceiveAsync())!.Id;
        await runtime.SendAsync(
            RawFrame.Result(late, new Payload("late", new PayloadMetadata(1))),
            RawFrame.Error(late, 500, "late"),
            RawFrame.Result(ulong.MaxValue, new Payload("nobody's", new PayloadMetadata(1))),
            RawFrame.Result(own, new Payload("own", new PayloadMetadata(1))),
            RawFrame.Result(own, new Payload("again", new PayloadMetadata(1))));

        Assert.Equal("own", await next);
        // The second call reused the table slot of the first one.
        Assert.Equal(1, client.TableSize);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Exception_in_a_cancellation_callback_is_ignored(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        using var cancel = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string>();
        Task<string> call = link.CallAsync(
            PipeLink.Scripted(async token =>
            {
                Task<string> waiting = never.Task.WaitAsync(token);
                // Registered last, so it runs before the wait above observes the cancellation.
                token.Register(() => throw new InvalidOperationException("On its cancellation."));
                arrived.SetResult();
                return await waiting;
            }),
            cancel.Token);
        await arrived.Task.WaitAsync(cancellation);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));
    }

    [Fact]
    public async Task Call_with_a_cancelled_token_sends_nothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.CallAsync(PipeLink.Echo(""), new CancellationToken(canceled: true)));

        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
        Assert.Null(await runtime.ReceiveAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Cancellation_racing_an_answer_affects_no_other_call(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        // One thread completes the function while another cancels the call.
        async Task<int> RaceAsync(int caller)
        {
            int lost = 0;
            for (int i = 0; i < 1_000; i++)
            {
                string text = $"{caller} {i}";
                using var cancel = new CancellationTokenSource();
                var begin = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                Task<string> raced = link.CallAsync(PipeLink.Scripted(async _ => await begin.Task), cancel.Token);
                Task cancelling = Task.Run(cancel.Cancel, cancellation);
                begin.SetResult(text);
                try
                {
                    Assert.Equal(text, await raced);
                }
                catch (OperationCanceledException) when (cancel.IsCancellationRequested)
                {
                    lost++;
                }

                // The next call's token must not be cancelled.
                Assert.Equal(text, await link.CallAsync(PipeLink.Scripted(async token =>
                {
                    await Task.Yield();
                    token.ThrowIfCancellationRequested();
                    return text;
                }), cancellation));
                await cancelling;
            }

            return lost;
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() => RaceAsync(caller), cancellation)));

        Assert.InRange(link.Client.TableSize, 1, 4);
    }
}
