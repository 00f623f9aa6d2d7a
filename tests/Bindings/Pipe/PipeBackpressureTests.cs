using System.IO.Pipelines;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>An end that does not read makes the other wait, so that memory holds about one pipe threshold of bytes.</summary>
public class PipeBackpressureTests
{
    private const int MessageBytes = 100_000;

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Calls_wait_at_the_caller_until_the_runtime_reads(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        using var cancel = new CancellationTokenSource();

        Task<string>[] calls = [.. Enumerable.Range(0, 100).Select(i => client.CallAsync(PipeLink.Echo(Text(i)), cancellation))];
        Task<string> cancelled = client.CallAsync(PipeLink.Echo("cancelled"), cancel.Token);

        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);
        Assert.True(runtime.Input.TryRead(out ReadResult waiting));
        // The pipe holds its threshold and the frame that crossed it.
        Assert.InRange(waiting.Buffer.Length, 10 * MessageBytes, 12 * MessageBytes);
        runtime.Input.AdvanceTo(waiting.Buffer.Start);
        List<string> arrived = [];
        while (arrived.Count < calls.Length)
        {
            RawFrame frame = (await runtime.ReceiveAsync())!;
            Payload payload = frame.AsCall().Request.Payload;
            arrived.Add(payload.Data);
            await runtime.SendAsync(RawFrame.Result(frame.Id, payload));
        }

        string[] expected = [.. Enumerable.Range(0, calls.Length).Select(Text)];
        // Calls arrive in the order in which they were made.
        Assert.Equal(expected, arrived);
        Assert.Equal(expected, await Task.WhenAll(calls));
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
        // The call that was cancelled while waiting was never sent.
        Assert.Null(await runtime.ReceiveAsync());
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Runtime_starts_no_call_while_answers_are_unread(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        // One answer above the threshold. The test marks none of its bytes as consumed.
        string large = new('x', 20 * MessageBytes);
        Task<ReadResult> arriving = caller.Input.ReadAsync(cancellation).AsTask();
        await caller.SendAsync(RawFrame.Call(0, PipeLink.Echo(large)));
        caller.Input.AdvanceTo((await arriving).Buffer.Start);

        // Counting calls show how many the runtime starts. The echo calls after them overfill the pipe to the runtime.
        int started = 0;
        ExecuteRequest counting = PipeLink.Scripted(async _ =>
        {
            Interlocked.Increment(ref started);
            await Task.Yield();
            return "";
        });
        RawFrame[] more =
        [
            .. Enumerable.Range(1, 100).Select(i => RawFrame.Call((ulong)i, counting)),
            .. Enumerable.Range(101, 20).Select(i => RawFrame.Call((ulong)i, PipeLink.Echo(Text(i)))),
        ];
        Task sending = Task.Run(() => caller.SendAsync(more), cancellation);
        // Without backpressure, the runtime would read all calls meanwhile and complete the sending.
        for (int turns = 0; turns < 100_000 && !sending.IsCompleted; turns++)
        {
            await Task.Yield();
        }

        Assert.False(sending.IsCompleted, "The runtime reads any number of calls although nobody reads the answers.");
        Assert.InRange(Volatile.Read(ref started), 0, 1);
        List<RawFrame> answers = [];
        while (answers.Count < 1 + more.Length)
        {
            answers.Add((await caller.ReceiveAsync())!);
        }

        Assert.Equal(Enumerable.Range(0, 1 + more.Length), answers.Select(answer => (int)answer.Id).Order());
        Assert.All(answers, answer => Assert.Equal(
            answer.Id switch { 0 => large, <= 100 => "", _ => Text((int)answer.Id) }, answer.AsResult()));
        Assert.Equal(100, started);
        await sending;
        await caller.Output.CompleteAsync();
        await session.Ended.WaitAsync(cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Frame_far_above_the_threshold_passes_whole(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        string[] texts = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 4_000_000))];

        Assert.Equal(texts, await Task.WhenAll(texts.Select(text => link.CallAsync(PipeLink.Echo(text), cancellation))));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task More_calls_than_both_pipes_hold_are_answered(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(
            i => Task.Run(() => link.CallAsync(PipeLink.Echo(Text(i)), cancellation), cancellation)));

        Assert.Equal(Enumerable.Range(0, 200).Select(Text), answers);
    }

    private static string Text(int i) => $"{i:000} " + new string('x', MessageBytes);
}
