using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A caller who gives up, or whose time is up, ends the work at the other side, and no other call's.</summary>
public class PipeCancellationTests
{
    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_cancel_frame_ends_its_calls_function_alone_and_gets_no_answer(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest one, WatchedFunctions.HeldCall first) = PipeLink.Held();
        (ExecuteRequest other, WatchedFunctions.HeldCall second) = PipeLink.Held();
        await caller.SendAsync(RawFrame.Call(1, one), RawFrame.Call(2, other));
        await Task.WhenAll(first.Arrived, second.Arrived).WaitAsync(cancellation);

        // One that is of no call does nothing.
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
    public async Task A_function_whose_time_is_up_ends_by_the_runtimes_own_clock_and_is_answered_504(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        (ExecuteRequest request, WatchedFunctions.HeldCall held) = PipeLink.Held();

        // Time enough for the function to begin on a busy machine; the second one's is more than a timer takes.
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
    public async Task A_callers_deadline_is_in_its_calls_frame_and_only_there()
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
    public async Task A_call_whose_deadline_passes_is_a_timeout_whoevers_clock_is_first_and_the_connection_goes_on(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        (ExecuteRequest request, WatchedFunctions.HeldCall held)[] calls = [.. Enumerable.Range(0, 50).Select(_ => PipeLink.Held())];

        Task<ExecuteResponse>[] answers = [.. calls.Select(call => link.Client.ExecuteAsync(call.request, TimeSpan.FromMilliseconds(2), cancellation).AsTask())];

        foreach (Task<ExecuteResponse> answer in answers)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => answer);
        }

        await Task.WhenAll(calls.Where(call => call.held.Arrived.IsCompleted).Select(call => call.held.Cancelled)).WaitAsync(cancellation);
        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_late_answer_to_a_call_that_was_given_up_is_not_taken_for_the_next_calls(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        using var givesUp = new CancellationTokenSource();
        Task<string> givenUp = client.CallAsync(PipeLink.Echo("first"), givesUp.Token);
        ulong late = (await runtime.ReceiveAsync())!.Id;
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        RawFrame cancel = (await runtime.ReceiveAsync())!;
        Assert.Equal((RawFrame.CancelKind, late), (cancel.Kind, cancel.Id));
        Assert.Empty(cancel.Body);

        Task<string> next = client.CallAsync(PipeLink.Echo("second"), cancellation);
        ulong own = (await runtime.ReceiveAsync())!.Id;
        await runtime.SendAsync(
            RawFrame.Result(late, new Payload("late", new PayloadMetadata(1))),
            RawFrame.Error(late, 500, "late"),
            RawFrame.Result(ulong.MaxValue, new Payload("nobody's", new PayloadMetadata(1))),
            RawFrame.Result(own, new Payload("own", new PayloadMetadata(1))),
            RawFrame.Result(own, new Payload("again", new PayloadMetadata(1))));

        Assert.Equal("own", await next);
        // The second call took the first one's place in the table.
        Assert.Equal(1, client.TableSize);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task What_a_function_throws_on_its_cancellation_is_its_own_matter(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        using var givesUp = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string>();
        Task<string> call = link.CallAsync(
            PipeLink.Scripted(async token =>
            {
                Task<string> waiting = never.Task.WaitAsync(token);
                // Runs before the function hears of it: the last to register is the first to be called.
                token.Register(() => throw new InvalidOperationException("On its cancellation."));
                arrived.SetResult();
                return await waiting;
            }),
            givesUp.Token);
        await arrived.Task.WaitAsync(cancellation);

        await givesUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));
    }

    [Fact]
    public async Task A_caller_who_has_given_up_before_sends_nothing()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CallAsync(PipeLink.Echo(""), new CancellationToken(canceled: true)));

        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
        Assert.Null(await runtime.ReceiveAsync());
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Calls_that_are_given_up_as_they_are_answered_end_as_one_or_the_other_and_touch_no_other_call(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        // Each function is answered by another thread, at about the time at which another one gives its call up.
        async Task<int> RaceAsync(int caller)
        {
            int given = 0;
            for (int i = 0; i < 1_000; i++)
            {
                string text = $"{caller} {i}";
                using var givesUp = new CancellationTokenSource();
                var begin = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                Task<string> raced = link.CallAsync(PipeLink.Scripted(async _ => await begin.Task), givesUp.Token);
                Task givingUp = Task.Run(givesUp.Cancel, cancellation);
                begin.SetResult(text);
                try
                {
                    Assert.Equal(text, await raced);
                }
                catch (OperationCanceledException) when (givesUp.IsCancellationRequested)
                {
                    given++;
                }

                // The next function looks at its token, and answers like any other.
                Assert.Equal(text, await link.CallAsync(PipeLink.Scripted(async token =>
                {
                    await Task.Yield();
                    token.ThrowIfCancellationRequested();
                    return text;
                }), cancellation));
                await givingUp;
            }

            return given;
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(caller => Task.Run(() => RaceAsync(caller), cancellation)));

        Assert.InRange(link.Client.TableSize, 1, 4);
    }
}
