using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Hostile;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Traces where this library's messages differ in text from npm's but have the same outcome.</summary>
public sealed class OutcomeTests
{
    [Theory]
    [InlineData("call/instance-property", "[\"resolve\",1,[\"undefined\"]]")]
    [InlineData("error/unserializable-result", "[\"reject\",1,[\"error\",\"TypeError\",")]
    [InlineData(
        "error/stack-and-props",
        "[\"reject\",1,[\"error\",\"TypeError\",\"rich\",\"S\",{\"code\":\"E_RICH\",\"details\":{\"tries\":[[1,2]]}")]
    [InlineData("error/rewritten", "[\"reject\",1,[\"error\",\"TypeError\",\"rewritten\"]]")]
    [InlineData("callback/returned-as-is", "[\"reject\",1,[\"error\",")]
    [InlineData("map/capture-local-stub", "[\"resolve\",2,[[[\"pipeline\",1],[\"pipeline\",2],[\"pipeline\",3]]]]")]
    [InlineData("map/capture-imported-stub", "[\"resolve\",3,[[[\"promise\",-2],[\"promise\",-3],[\"promise\",-4]]]]")]
    [InlineData("map/capture-promise", "[\"resolve\",3,[[[\"promise\",-1],[\"promise\",-2],[\"promise\",-3]]]]")]
    public async Task Server_answers_with_the_same_outcome_as_npm(string name, string answer)
    {
        (RpcSession session, ScriptedTransport transport, _) = await ReplayAsync(name);
        await using RpcSession disposed = session;

        Assert.Null(session.Error);
        Assert.Contains(transport.Sent, text => text.StartsWith(answer, StringComparison.Ordinal));
        // The npm client never releases what its map captured. Nothing else is left.
        Assert.Equal(Trace.Of(name).End!["server"].Exports, session.Statistics.Exports);
        Assert.Equal(0, session.Statistics.CallsInFlight);
    }

    [Fact]
    public async Task Late_answer_of_a_released_call_is_not_sent()
    {
        (RpcSession session, ScriptedTransport transport, TraceTarget target) = await ReplayAsync("release/cancel-pending-result-stub");
        await using RpcSession disposed = session;

        target.Advance();
        await session.FlushAsync();

        Assert.Empty(transport.Sent);
        Assert.Equal((1, 1, 0), (session.Statistics.Imports, session.Statistics.Exports, session.Statistics.CallsInFlight));
    }

    [Fact]
    public async Task Stubs_captured_by_a_map_are_released()
    {
        (RpcSession session, ScriptedTransport transport, _) = await ReplayAsync("map/capture-imported-stub");
        await using RpcSession disposed = session;

        transport.Deliver("[\"release\",-1,1]");

        Assert.Equal((1, 1), (session.Statistics.Imports, session.Statistics.Exports));
    }

    [Fact]
    public async Task Argument_read_after_an_await_is_missing()
    {
        var late = new LateReader();
        await using var pair = new Pair(late, LateReader.Contract);
        ValueTask<int> call = pair.Main.CallAsync<int, RpcArguments<int, int>>("read", new(1, 2));
        await pair.SettleAsync();

        late.Waited.SetResult();

        RpcException error = await Assert.ThrowsAsync<RpcException>(async () => await call);
        Assert.Equal("Argument 2 ('second') is missing.", error.Message);
    }

    [Theory]
    [InlineData("stream", "[\"stream\",[\"pipeline\",0,[\"later\"],[0,7]]]", "[\"resolve\",1,7]")]
    [InlineData(
        "failing stream",
        "[\"stream\",[\"pipeline\",0,[\"throwError\"],[]]]",
        "[\"reject\",1,[\"error\",\"RangeError\",\"test error\"]]")]
    [InlineData(
        "write to a pipe",
        "[\"pipe\"]\n"
        + "[\"stream\",[\"pipeline\",1,[\"write\"],[5]]]\n"
        + "[\"release\",1,1]",
        "[\"reject\",2,[\"error\",\"TypeError\"")]
    [InlineData(
        "readable",
        "[\"pipe\"]\n"
        + "[\"push\",[\"pipeline\",0,[\"take\"],[[\"readable\",1],[\"export\",-1]]]]\n"
        + "[\"pull\",2]\n"
        + "[\"release\",2,1]\n"
        + "[\"release\",1,1]",
        "[\"reject\",2,[\"error\",\"TypeError\"")]
    [InlineData(
        "writable",
        "[\"push\",[\"pipeline\",0,[\"take\"],[[\"writable\",-1]]]]\n"
        + "[\"pull\",1]\n"
        + "[\"release\",1,1]",
        "[\"reject\",1,[\"error\",\"TypeError\"")]
    public async Task Stream_message_is_answered_and_released(string what, string messages, string answer)
    {
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using var session = new RpcSession(
            transport, target, TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        transport.Deliver(messages.Split('\n'));
        target.Advance();
        await session.FlushAsync();

        Assert.True(session.Error is null, what);
        Assert.Contains(transport.Sent, text => text.StartsWith(answer, StringComparison.Ordinal));
        Assert.Equal(
            messages.Contains("-1", StringComparison.Ordinal) ? ["[\"release\",-1,1]"] : [], ReplayedText.Releases(transport.Sent));
        Assert.Equal((1, 1, 0), (session.Statistics.Imports, session.Statistics.Exports, session.Statistics.CallsInFlight));
    }

    [Fact]
    public async Task Call_to_a_peer_without_callbacks_is_rejected()
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowCallbacks = false };
        await using var session = new RpcSession(transport, new TraceTarget(), TraceTarget.Contract, options);

        transport.Deliver(
            "[\"push\",[\"pipeline\",0,[\"callFunction\"],[[\"export\",-1],5]]]", "[\"pull\",1]",
            "[\"push\",[\"pipeline\",0,[\"square\"],[[\"promise\",-2]]]]", "[\"pull\",2]",
            "[\"push\",[\"pipeline\",0,[\"square\"],[3]]]", "[\"pull\",3]");
        await session.SettledAsync();

        string[] answers = [.. ReplayedText.WithoutReleases(transport.Sent).Order(StringComparer.Ordinal)];
        Assert.Equal(3, answers.Length);
        Assert.Equal("[\"resolve\",3,9]", answers[2]);
        Assert.All(answers[..2], text => Assert.Contains("cannot be called", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("[\"remap\",1,[],[],[[\"pipeline\",0]]]")]
    [InlineData("[[[\"pipeline\",1]]]")]
    [InlineData("[\"pipeline\",2]")]
    public async Task Batch_ends_although_its_promises_wait_for_each_other(string resolution)
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowCallbacks = false };
        var target = new TraceTarget();
        await using var session = new RpcSession(transport, target, TraceTarget.Contract, options);

        transport.Deliver(
            "[\"push\",[\"promise\",-1]]", "[\"push\",[\"pipeline\",0,[\"square\"],[[\"pipeline\",1]]]]",
            $"[\"resolve\",-1,{resolution}]", "[\"pull\",2]",
            "[\"push\",[\"pipeline\",0,[\"later\"],[0,7]]]", "[\"push\",[\"pipeline\",0,[\"square\"],[[\"pipeline\",3]]]]", "[\"pull\",4]");
        Task settled = session.SettledAsync();
        Assert.False(settled.IsCompleted);
        target.Advance();
        await settled;

        Assert.Contains("[\"resolve\",4,49]", transport.Sent);
        Assert.Contains(transport.Sent, text => text.StartsWith("[\"reject\",2,[\"error\",\"", StringComparison.Ordinal));
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Call_that_the_peer_makes_wait_for_itself_ends_with_the_session()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(
            transport, new HostileTarget(), HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        // The member waits for an answer of the peer, which is the result of the member.
        transport.Deliver(
            "[\"push\",[\"pipeline\",0,[\"readValue\"],[[\"export\",-1]]]]", "[\"resolve\",1,[[[\"promise\",-2]]]]",
            "[\"resolve\",-2,[\"pipeline\",1]]");
        Assert.Equal(1, session.Statistics.CallsInFlight);
        transport.Close(new IOException("cable cut"));
        await session.Completion;

        await TestCalls.WaitForAsync(() => session.Statistics is { CallsInFlight: 0, HeldBytes: 0 });
    }

    [Fact]
    public async Task Batch_waits_for_the_peer_of_another_session()
    {
        (var peer, var batch) = (new ScriptedTransport(), new ScriptedTransport());
        var target = new HostileTarget();
        await using var others = new RpcSession(
            peer, target, HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });
        peer.Deliver("[\"push\",[\"pipeline\",0,[\"store\"],[[\"export\",-1]]]]");
        await using var session = new RpcSession(
            batch, target, HostileTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime(), AllowCallbacks = false });

        batch.Deliver("[\"push\",[\"pipeline\",0,[\"stored\"],[]]]", "[\"push\",[\"pipeline\",1,[],[1]]]", "[\"pull\",2]");
        Task settled = session.SettledAsync();
        await others.FlushAsync();
        peer.Deliver("[\"resolve\",1,\"from the other peer\"]");
        await settled;

        Assert.Equal(["[\"resolve\",2,\"from the other peer\"]"], ReplayedText.WithoutReleases(batch.Sent));
    }

    private static async Task<(RpcSession Session, ScriptedTransport Transport, TraceTarget Target)> ReplayAsync(string name)
    {
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        var options = new RpcSessionOptions
        {
            TimeProvider = new ManualTime(),
            OnSendError = name switch
            {
                "error/rewritten" => static _ => new RpcException(RpcErrorTypes.TypeError, "rewritten"),
                "error/stack-and-props" => static error => error is RpcException rich
                    ? new RpcException(rich.ErrorType, rich.Message) { Properties = rich.Properties, RemoteStack = "S" }
                    : error,
                _ => null,
            },
        };
        var session = new RpcSession(transport, target, TraceTarget.Contract, options);
        foreach (string text in Trace.Of(name).TextsFrom("client"))
        {
            transport.Deliver(text);
        }

        await session.FlushAsync();
        return (session, transport, target);
    }
}

/// <summary>Reads its second argument after an await, which is too late.</summary>
internal sealed class LateReader
{
    public static RpcContract<LateReader> Contract { get; } =
        new(null, RpcMember<LateReader>.Method("read", (reader, call) => call.Return(reader.ReadAsync(call))));

    public TaskCompletionSource Waited { get; } = new();

    private async Task<int> ReadAsync(RpcInvocation call)
    {
        int first = call.Required<int>(0, "first");
        await Waited.Task;
        return first + call.Required<int>(1, "second");
    }
}
