using System.IO.Pipelines;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>An end that does not read holds the other up, so that no more than the pipe's threshold waits in memory.</summary>
public class PipeBackpressureTests
{
    private const int MessageBytes = 100_000;

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Calls_to_a_runtime_that_does_not_read_wait_at_the_caller_and_all_arrive_once_it_does(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        var client = new PipeClient(caller);
        using var givesUp = new CancellationTokenSource();

        Task<string>[] calls = [.. Enumerable.Range(0, 100).Select(i => client.CallAsync(PipeLink.Echo(Text(i)), cancellation))];
        Task<string> givenUp = client.CallAsync(PipeLink.Echo("given up"), givesUp.Token);

        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givenUp);
        Assert.True(runtime.Input.TryRead(out ReadResult waiting));
        // The threshold, and the frame that crossed it.
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
        // In the order in which they were made: none overtakes one that waits.
        Assert.Equal(expected, arrived);
        Assert.Equal(expected, await Task.WhenAll(calls));
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
        // The call that was given up while it waited was never sent.
        Assert.Null(await runtime.ReceiveAsync());
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_caller_that_does_not_read_its_answers_gets_no_further_calls_worked_on_and_loses_none(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, FrameLimit.DefaultBytes);
        PipeSession session = PipeLink.Serve(runtime);
        // One answer that is over the threshold by itself; none of it counts as read.
        string large = new('x', 20 * MessageBytes);
        Task<ReadResult> arriving = caller.Input.ReadAsync(cancellation).AsTask();
        await caller.SendAsync(RawFrame.Call(0, PipeLink.Echo(large)));
        caller.Input.AdvanceTo((await arriving).Buffer.Start);

        // More than the pipe towards the runtime holds, and in front of it what shows who is worked on.
        int worked = 0;
        ExecuteRequest counting = PipeLink.Scripted(async _ =>
        {
            Interlocked.Increment(ref worked);
            await Task.Yield();
            return "";
        });
        RawFrame[] more =
        [
            .. Enumerable.Range(1, 100).Select(i => RawFrame.Call((ulong)i, counting)),
            .. Enumerable.Range(101, 20).Select(i => RawFrame.Call((ulong)i, PipeLink.Echo(Text(i)))),
        ];
        Task sending = Task.Run(() => caller.SendAsync(more), cancellation);
        // A runtime that holds nobody up works on all of them meanwhile; one that does waits, however long this lasts.
        for (int turns = 0; turns < 100_000 && !sending.IsCompleted; turns++)
        {
            await Task.Yield();
        }

        Assert.False(sending.IsCompleted, "The runtime takes any number of calls whose answers nobody reads.");
        Assert.InRange(Volatile.Read(ref worked), 0, 1);
        List<RawFrame> answers = [];
        while (answers.Count < 1 + more.Length)
        {
            answers.Add((await caller.ReceiveAsync())!);
        }

        Assert.Equal(Enumerable.Range(0, 1 + more.Length), answers.Select(answer => (int)answer.Id).Order());
        Assert.All(answers, answer => Assert.Equal(answer.Id switch { 0 => large, <= 100 => "", _ => Text((int)answer.Id) }, answer.AsResult()));
        Assert.Equal(100, worked);
        await sending;
        await caller.Output.CompleteAsync();
        await session.Ended.WaitAsync(cancellation);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_frame_far_over_the_threshold_passes_whole(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        string[] texts = [.. Enumerable.Range(0, 4).Select(i => new string((char)('a' + i), 4_000_000))];

        Assert.Equal(texts, await Task.WhenAll(texts.Select(text => link.CallAsync(PipeLink.Echo(text), cancellation))));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Calls_in_flight_that_are_more_than_both_pipes_hold_are_all_answered(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        string[] answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() => link.CallAsync(PipeLink.Echo(Text(i)), cancellation), cancellation)));

        Assert.Equal(Enumerable.Range(0, 200).Select(Text), answers);
    }

    private static string Text(int i) => $"{i:000} " + new string('x', MessageBytes);
}
