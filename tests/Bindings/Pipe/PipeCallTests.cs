using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>Calls over one connection are independent. Functions and continuations run without holding a lock.</summary>
public class PipeCallTests
{
    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Answers_out_of_order_reach_their_own_calls(PipeScheduling scheduling)
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
            Payload payload = frame.AsCall().Request.Payload;
            await runtime.SendAsync(RawFrame.Result(frame.Id, payload with { Data = $"answer to {payload.Data}" }));
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
    public async Task Table_grows_only_with_concurrent_calls(PipeScheduling scheduling, int callers)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        // Sequential calls: if a continuation ran on the stack of the previous one, the stack would overflow.
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
    public async Task Later_call_is_answered_before_a_waiting_one(PipeScheduling scheduling)
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
    public async Task Blocking_function_delays_no_other_call_on_thread_pool()
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
    public async Task Function_can_call_over_its_own_connection(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        ExecuteRequest nested = PipeLink.Scripted(async _ => await link.CallAsync(PipeLink.Echo("from within"), cancellation));
        Assert.Equal("from within", await link.CallAsync(nested, cancellation));
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Concurrent_callers_can_call_from_their_continuations(PipeScheduling scheduling)
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
    public async Task Call_can_start_while_a_function_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        await AssertCallStartsWhileBlockedAsync(link, block => link.CallAsync(
            PipeLink.Scripted(_ =>
            {
                block();
                return new("");
            }),
            cancellation), cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Call_can_start_while_a_continuation_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        ExecuteRequest yielding = Yielding();

        await AssertCallStartsWhileBlockedAsync(link, async block =>
        {
            await link.CallAsync(yielding, cancellation);
            block();
        }, cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Call_can_start_while_a_cancellation_callback_blocks(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        using var cancel = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource<string>();

        await AssertCallStartsWhileBlockedAsync(link, async block =>
        {
            Task<string> call = link.CallAsync(
                PipeLink.Scripted(async token =>
                {
                    Task<string> waiting = never.Task.WaitAsync(token);
                    // Registered last, so it runs before the wait above observes the cancellation.
                    token.Register(block);
                    arrived.SetResult();
                    return await waiting;
                }),
                cancel.Token);
            await arrived.Task;
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        }, cancellation);
    }

    // The function answers on another thread than the one that read the call.
    private static ExecuteRequest Yielding() => PipeLink.Scripted(async _ =>
    {
        await Task.Yield();
        return "yielded";
    });

    /// <summary>Asserts that another thread can start a call while <paramref name="blockAsync"/> blocks a thread.</summary>
    private static async Task AssertCallStartsWhileBlockedAsync(
        PipeLink link, Func<Action, Task> blockAsync, CancellationToken cancellation)
    {
        using var gate = new ManualResetEventSlim();
        var blocks = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task blocking = Task.Run(() => blockAsync(() =>
        {
            blocks.SetResult();
            gate.Wait(cancellation);
        }), cancellation);
        await blocks.Task.WaitAsync(cancellation);

        // Only starting the call must not block. With inline scheduling its answer waits for the gate.
        Task<string> call = null!;
        await Task.Run(() => { call = link.CallAsync(PipeLink.Echo("echo"), cancellation); }, cancellation).WaitAsync(cancellation);

        gate.Set();
        Assert.Equal("echo", await call);
        await blocking;
    }
}
