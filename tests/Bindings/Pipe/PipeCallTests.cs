using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>Calls over one connection do not wait for each other, and whoever's code runs on the way runs under no lock.</summary>
public class PipeCallTests
{
    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_thousand_calls_in_flight_that_are_answered_out_of_order_each_get_their_own_answer(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        Task<string>[] calls = [.. Enumerable.Range(0, 1_000).Select(i => client.CallAsync(PipeLink.Echo($"{i}"), cancellation))];
        List<RawFrame> frames = [];
        while (frames.Count < calls.Length)
        {
            frames.Add((await runtime.ReceiveAsync())!);
        }

        new Random(1).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(frames));
        foreach (RawFrame frame in frames)
        {
            await runtime.SendAsync(RawFrame.Result(frame.Id, frame.AsCall().Request.Payload with { Data = $"answer to {frame.AsCall().Request.Payload.Data}" }));
        }

        Assert.Equal(Enumerable.Range(0, calls.Length).Select(i => $"answer to {i}"), await Task.WhenAll(calls));
        Assert.Equal(calls.Length, frames.Select(frame => frame.Id).Distinct().Count());
        Assert.Equal(calls.Length, client.TableSize);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 60_000)]
    [InlineData(PipeScheduling.Inline, 1)]
    [InlineData(PipeScheduling.Inline, 50)]
    [InlineData(PipeScheduling.ThreadPool, 50)]
    public async Task A_hundred_thousand_calls_need_no_larger_table_than_those_that_are_in_flight_at_once(PipeScheduling scheduling, int callers)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        // Each awaits one call after the other: were a call's continuation to stand on the last one's stack, it would overflow.
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                ExecuteRequest request = PipeLink.Echo($"{caller}");
                for (int i = 0; i < 100_000 / callers; i++)
                {
                    Assert.Equal(request.Payload, ((ExecuteResponse<Payload>)await link.Client.ExecuteAsync(request, cancellation)).Result);
                }
            },
            cancellation)));

        Assert.InRange(link.Client.TableSize, 1, callers);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task An_echo_that_is_sent_after_a_call_that_waits_is_answered_before_it(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        var gate = new TaskCompletionSource<string>();
        Task<string> waiting = link.CallAsync(PipeLink.Scripted(async token => await gate.Task.WaitAsync(token)), cancellation);

        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));

        Assert.False(waiting.IsCompleted);
        gate.SetResult("done");
        Assert.Equal("done", await waiting);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_function_that_blocks_its_thread_holds_up_no_other_call_by_the_thread_pool()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(PipeScheduling.ThreadPool);
        using var gate = new ManualResetEventSlim();
        Task<string> blocked = link.CallAsync(PipeLink.Scripted(token =>
        {
            gate.Wait(token);
            return new("done");
        }), cancellation);

        Assert.Equal("echo", await link.CallAsync(PipeLink.Echo("echo"), cancellation));

        Assert.False(blocked.IsCompleted);
        gate.Set();
        Assert.Equal("done", await blocked);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_function_that_calls_over_the_connection_it_was_called_by_is_answered(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        Assert.Equal("from within", await link.CallAsync(PipeLink.Scripted(async _ => await link.CallAsync(PipeLink.Echo("from within"), cancellation)), cancellation));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Callers_at_once_that_call_again_from_their_continuations_are_all_answered(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        ExecuteRequest yielding = Yielding();

        async Task<int> CallAgainAsync(int depth)
        {
            Assert.Equal("yielded", await link.CallAsync(yielding, cancellation));
            Assert.Equal($"{depth}", await link.CallAsync(PipeLink.Echo($"{depth}"), cancellation));
            return depth == 0 ? 1 : 1 + await CallAgainAsync(depth - 1);
        }

        int[] made = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => CallAgainAsync(99), cancellation)));

        Assert.All(made, calls => Assert.Equal(100, calls));
        Assert.InRange(link.Client.TableSize, 1, 32);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_call_can_be_begun_while_a_function_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        await AssertBlocksNobodyAsync(link, block => link.CallAsync(
            PipeLink.Scripted(_ =>
            {
                block();
                return new("");
            }),
            cancellation), cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_call_can_be_begun_while_a_callers_continuation_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        ExecuteRequest yielding = Yielding();

        await AssertBlocksNobodyAsync(link, async block =>
        {
            await link.CallAsync(yielding, cancellation);
            block();
        }, cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_call_can_be_begun_while_what_a_function_does_on_its_cancellation_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        using var givesUp = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string>();

        await AssertBlocksNobodyAsync(link, async block =>
        {
            Task<string> call = link.CallAsync(
                PipeLink.Scripted(async token =>
                {
                    Task<string> waiting = never.Task.WaitAsync(token);
                    // Runs before the function hears of it: the last to register is the first to be called.
                    token.Register(block);
                    arrived.SetResult();
                    return await waiting;
                }),
                givesUp.Token);
            await arrived.Task;
            await givesUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }, cancellation);
    }

    // Answered from another thread than the one that reads the call.
    private static ExecuteRequest Yielding() => PipeLink.Scripted(async _ =>
    {
        await Task.Yield();
        return "yielded";
    });

    /// <summary>While a caller's or a function's code blocks its thread, another thread begins a call and comes back from that.</summary>
    private static async Task AssertBlocksNobodyAsync(PipeLink link, Func<Action, Task> blockAsync, CancellationToken cancellation)
    {
        using var gate = new ManualResetEventSlim();
        var blocks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task blocking = Task.Run(() => blockAsync(() =>
        {
            blocks.SetResult();
            gate.Wait(cancellation);
        }), cancellation);
        await blocks.Task.WaitAsync(cancellation);

        // Its answer may have to wait, in one of the two ways of scheduling: not the thread that asks for it.
        Task<string> call = null!;
        await Task.Run(() => { call = link.CallAsync(PipeLink.Echo("echo"), cancellation); }, cancellation).WaitAsync(cancellation);

        gate.Set();
        Assert.Equal("echo", await call);
        await blocking;
    }
}
