using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>A failed call gives its caller an error and leaves the connection usable.</summary>
public class PipeErrorTests
{
    private const int MaxFrameBytes = 4096;

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    public static MatrixTheoryData<PipeScheduling, bool, Type> Thrown => new(
        Enum.GetValues<PipeScheduling>(),
        [true, false],
        [typeof(InvalidOperationException), typeof(FileNotFoundException), typeof(IOException), typeof(OperationCanceledException)]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Thrown))]
    public async Task Throwing_function_gives_500_with_its_message(PipeScheduling scheduling, bool atOnce, Type thrown)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        var thrownError = (Exception)Activator.CreateInstance(thrown, "The function's own words.")!;

        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(() => link.CallAsync(PipeLink.Scripted(async _ =>
        {
            if (!atOnce)
            {
                await Task.Yield();
            }

            throw thrownError;
        }), cancellation));

        Assert.Equal((500, "The function's own words."), (error.Status, error.Detail));
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Function_that_throws_synchronously_gives_500(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => throw new InvalidOperationException("Words.")), cancellation));

        Assert.Equal((500, "Words."), (error.Status, error.Detail));
    }

    [Fact(Timeout = 30_000)]
    public async Task Long_error_message_is_cut_to_the_frame_limit()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(PipeScheduling.Inline, FrameLimit.Bounds.Min);

        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => throw new InvalidOperationException(new string('\u2028', 10_000))), cancellation));

        Assert.StartsWith("\u2028\u2028", error.Detail, StringComparison.Ordinal);
        Assert.EndsWith("…", error.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Invalid_calls_are_answered_with_the_reason(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, MaxFrameBytes);
        PipeSession session = PipeLink.Serve(runtime);
        byte[] valid = RawFrame.Call(0, PipeLink.Echo("x")).Body;

        await caller.SendAsync(
            RawFrame.Call(1, PipeLink.Request("nothing", "x")),
            new RawFrame(RawFrame.CallKind, 2, []),
            new RawFrame(RawFrame.CallKind, 3, [0xA0, .. valid[1..]]),
            new RawFrame(RawFrame.CallKind, 4, [.. valid, 0xC0]),
            new RawFrame(RawFrame.CallKind, 5, valid[..^1]),
            RawFrame.Call(6, PipeLink.Echo("next")));
        await caller.Output.CompleteAsync();

        Dictionary<ulong, RawFrame> answers = (await caller.ReceiveAllAsync()).ToDictionary(frame => frame.Id);
        await session.Ended.WaitAsync(cancellation);
        Assert.Equal((404, $"Unknown function 'nothing'. Known: {string.Join(", ", LaunchFixture.Functions)}."), answers[1].AsError());
        Assert.All([2UL, 3UL], id => Assert.Contains(
            "does not begin with the time that is left", answers[id].AsError().Detail, StringComparison.Ordinal));
        Assert.All([4UL, 5UL], id => Assert.Contains(
            "{ functionId, payload, timestamp }", answers[id].AsError().Detail, StringComparison.Ordinal));
        Assert.All([2UL, 3UL, 4UL, 5UL], id => Assert.Equal(400, answers[id].AsError().Status));
        Assert.Equal("next", answers[6].AsResult());
    }

    [Fact(Timeout = 30_000)]
    public async Task Unreadable_answer_fails_only_its_call()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(PipeScheduling.Inline, MaxFrameBytes);
        var client = new PipeClient(caller);
        Task<string>[] calls = [.. Enumerable.Range(0, 4).Select(_ => client.CallAsync(PipeLink.Echo("x"), cancellation))];
        ulong[] ids = [.. await Task.WhenAll(calls.Select(async _ => (await runtime.ReceiveAsync())!.Id))];

        await runtime.SendAsync(
            new RawFrame(RawFrame.ResultKind, ids[0], []),
            RawFrame.Error(ids[1], 500, "") with { Body = [0xC0] },
            RawFrame.Error(ids[2], 418, "A teapot."),
            RawFrame.Result(ids[3], new Payload("answer", new PayloadMetadata(1))));

        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => calls[0]);
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => calls[1]);
        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(() => calls[2]);
        Assert.Equal((418, "A teapot."), (error.Status, error.Detail));
        Assert.Equal("answer", await calls[3]);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Request_at_the_limit_passes_one_byte_more_fails(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling, MaxFrameBytes);
        // The answer is empty, so that only the request can exceed the limit.
        int empty = RawFrame.Call(1, Sized(300)).Bytes.Length - 300;
        WatchedFunctions.Script(Sized(MaxFrameBytes - empty).Payload.Data, _ => new(""));

        Assert.Equal("", await link.CallAsync(Sized(MaxFrameBytes - empty), cancellation));

        const int MaxBodyBytes = MaxFrameBytes - RawFrame.HeadBytes;
        UnusableInputException refused = await Assert.ThrowsAnyAsync<UnusableInputException>(
            () => link.CallAsync(Sized(MaxFrameBytes - empty + 1), cancellation));
        Assert.Equal($"The message has {MaxBodyBytes + 1} bytes: a frame takes at most {MaxBodyBytes}.", refused.Message);
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));

        static ExecuteRequest Sized(int chars) => PipeLink.Request(WatchedFunctions.Scripted, new string('x', chars));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Request_with_a_large_estimate_but_small_encoding_passes(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling, MaxFrameBytes);
        string text = new('x', MaxFrameBytes / 2);

        Assert.Equal(text, await link.CallAsync(PipeLink.Echo(text), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Answer_over_the_limit_is_an_error_for_its_call(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling, MaxFrameBytes);

        RuntimeErrorException atOnce = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => new(new string('x', MaxFrameBytes))), cancellation));
        RuntimeErrorException later = await Assert.ThrowsAsync<RuntimeErrorException>(() => link.CallAsync(PipeLink.Scripted(async _ =>
        {
            await Task.Yield();
            return new string('x', MaxFrameBytes);
        }), cancellation));

        Assert.All([atOnce, later], error =>
        {
            Assert.Equal(500, error.Status);
            Assert.Contains($"a frame takes at most {MaxFrameBytes - RawFrame.HeadBytes}.", error.Detail, StringComparison.Ordinal);
        });
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Unencodable_answer_is_an_error_for_its_call(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        RuntimeErrorException error = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => new((string)null!)), cancellation));

        Assert.Equal(500, error.Status);
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Fact]
    public async Task Unknown_function_is_refused_before_sending()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(PipeScheduling.Inline);

        await Assert.ThrowsAsync<UnknownFunctionException>(() => link.CallAsync(PipeLink.Request("nothing", "x"), cancellation));

        Assert.Equal(default, link.Client.Traffic);
    }
}
