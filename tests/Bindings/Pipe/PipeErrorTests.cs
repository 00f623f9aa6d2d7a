using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Pipe;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Pipe;

/// <summary>What goes wrong with a call is data for its caller; the connection goes on.</summary>
public class PipeErrorTests
{
    private const int MaxFrameBytes = 4096;

    public static TheoryData<PipeScheduling> Schedulings => PipeLink.Schedulings;

    public static MatrixTheoryData<PipeScheduling, bool, Type> Thrown => new(
        Enum.GetValues<PipeScheduling>(), [true, false], [typeof(InvalidOperationException), typeof(FileNotFoundException), typeof(IOException), typeof(OperationCanceledException)]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Thrown))]
    public async Task A_function_that_throws_is_500_in_its_own_words(PipeScheduling scheduling, bool atOnce, Type thrown)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);
        var error = (Exception)Activator.CreateInstance(thrown, "The function's own words.")!;

        RuntimeErrorException heard = await Assert.ThrowsAsync<RuntimeErrorException>(() => link.CallAsync(PipeLink.Scripted(async _ =>
        {
            if (!atOnce)
            {
                await Task.Yield();
            }

            throw error;
        }), cancellation));

        Assert.Equal((500, "The function's own words."), (heard.Status, heard.Detail));
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_function_that_throws_before_it_awaits_anything_is_500_as_well(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        RuntimeErrorException heard = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => throw new InvalidOperationException("Words.")), cancellation));

        Assert.Equal((500, "Words."), (heard.Status, heard.Detail));
    }

    [Fact(Timeout = 30_000)]
    public async Task Words_that_are_too_many_are_cut_where_the_least_frame_takes_them()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(PipeScheduling.Inline, FrameLimit.Bounds.Min);

        RuntimeErrorException heard = await Assert.ThrowsAsync<RuntimeErrorException>(
            () => link.CallAsync(PipeLink.Scripted(_ => throw new InvalidOperationException(new string('\u2028', 10_000))), cancellation));

        Assert.StartsWith("\u2028\u2028", heard.Detail, StringComparison.Ordinal);
        Assert.EndsWith("…", heard.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task Calls_that_the_runtime_cannot_use_are_answered_with_what_is_wrong(PipeScheduling scheduling)
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
        Assert.All([2UL, 3UL], id => Assert.Contains("does not begin with the time that is left", answers[id].AsError().Detail, StringComparison.Ordinal));
        Assert.All([4UL, 5UL], id => Assert.Contains("{ functionId, payload, timestamp }", answers[id].AsError().Detail, StringComparison.Ordinal));
        Assert.All([2UL, 3UL, 4UL, 5UL], id => Assert.Equal(400, answers[id].AsError().Status));
        Assert.Equal("next", answers[6].AsResult());
    }

    [Fact(Timeout = 30_000)]
    public async Task An_answer_that_cannot_be_read_is_its_callers_error_alone()
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
        Assert.Equal((418, "A teapot."), (await Assert.ThrowsAsync<RuntimeErrorException>(() => calls[2])) is var heard ? (heard.Status, heard.Detail) : default);
        Assert.Equal("answer", await calls[3]);
        await runtime.Output.CompleteAsync();
        await client.DisposeAsync();
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_request_of_just_the_limit_passes_and_one_byte_more_is_refused_and_the_connection_goes_on(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling, MaxFrameBytes);
        // No longer than its request, so that only that is in question.
        int empty = RawFrame.Call(1, Sized(300)).Bytes.Length - 300;
        WatchedFunctions.Script(Sized(MaxFrameBytes - empty).Payload.Data, _ => new(""));

        Assert.Equal("", await link.CallAsync(Sized(MaxFrameBytes - empty), cancellation));

        string refused = (await Assert.ThrowsAnyAsync<UnusableInputException>(() => link.CallAsync(Sized(MaxFrameBytes - empty + 1), cancellation))).Message;
        Assert.Equal($"The message has {MaxFrameBytes - RawFrame.HeadBytes + 1} bytes: a frame takes at most {MaxFrameBytes - RawFrame.HeadBytes}.", refused);
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));

        static ExecuteRequest Sized(int chars) => PipeLink.Request(WatchedFunctions.Scripted, new string('x', chars));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task A_request_whose_characters_might_be_too_many_bytes_but_are_not_passes(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling, MaxFrameBytes);
        string text = new('x', MaxFrameBytes / 2);

        Assert.Equal(text, await link.CallAsync(PipeLink.Echo(text), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task An_answer_over_the_limit_is_an_error_that_says_so_and_the_connection_goes_on(PipeScheduling scheduling)
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

        Assert.All([atOnce, later], heard =>
        {
            Assert.Equal(500, heard.Status);
            Assert.Contains($"a frame takes at most {MaxFrameBytes - RawFrame.HeadBytes}.", heard.Detail, StringComparison.Ordinal);
        });
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(Schedulings))]
    public async Task An_answer_that_cannot_be_encoded_is_an_error_and_the_connection_goes_on(PipeScheduling scheduling)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(scheduling);

        RuntimeErrorException heard = await Assert.ThrowsAsync<RuntimeErrorException>(() => link.CallAsync(PipeLink.Scripted(_ => new((string)null!)), cancellation));

        Assert.Equal(500, heard.Status);
        Assert.Equal("next", await link.CallAsync(PipeLink.Echo("next"), cancellation));
    }

    [Fact]
    public async Task A_function_that_the_caller_does_not_know_is_refused_before_anything_is_sent()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var link = new PipeLink(PipeScheduling.Inline);

        await Assert.ThrowsAsync<UnknownFunctionException>(() => link.CallAsync(PipeLink.Request("nothing", "x"), cancellation));

        Assert.Equal(default, link.Client.Traffic);
    }
}
