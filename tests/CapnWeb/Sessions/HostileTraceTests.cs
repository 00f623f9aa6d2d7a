using System.Text.Json;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Replays traces of hostile peers. The session reacts like npm, or in the documented stricter way.</summary>
public sealed class HostileTraceTests
{
    private static readonly string[] s_hostile = ["hostile", "decode", "limit", "map"];

    public static TheoryData<string> AgainstServer =>
        [.. Captured("server").Except(TraceLists.AsCaller)
            .Except(TraceLists.TypedHere)
            .Except(TraceLists.OfStreams)
            .Except(TraceLists.RejectedHere)
            .Except(TraceLists.StricterHere)];

    public static TheoryData<string> RejectedHere => [.. TraceLists.RejectedHere];

    public static TheoryData<string> Stricter => [.. TraceLists.StricterHere];

    public static TheoryData<string> AgainstClient => [.. Captured("client").Except(TraceLists.StricterHere)];

    public static TheoryData<string> OfStreams => [.. TraceLists.OfStreams];

    [Theory, MemberData(nameof(AgainstServer))]
    public async Task Server_reacts_to_hostile_messages_like_npm(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using RpcSession session = Serve(name, transport, target);

        DeliverTrace(trace, transport, target);

        string[] expected = [.. trace.TextsFrom("server")];
        if (expected is [.., var last] && last.StartsWith("[\"abort\"", StringComparison.Ordinal))
        {
            Assert.NotNull(session.Error);
            Assert.True(transport.IsClosed);
            Assert.Equal(ErrorType(last), ErrorType(transport.Sent[^1]));
            Assert.Equal(expected.Length, transport.Sent.Length);
        }
        else
        {
            Assert.Equal(trace.Frames.Any(frame => frame.Close is not null), session.Error is not null);
            await session.FlushAsync();
            Assert.Equal(Outcomes(ReplayedText.WithoutReleases(expected)), Outcomes(ReplayedText.WithoutReleases(transport.Sent)));
            Assert.Equal(ReplayedText.Releases(expected), ReplayedText.Releases(transport.Sent));
        }
    }

    [Theory, MemberData(nameof(RejectedHere))]
    public async Task Unusable_value_that_ends_npms_session_rejects_only_its_call(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using RpcSession session = Serve(name, transport, target);
        Assert.StartsWith("[\"abort\"", trace.TextsFrom("server").Last(), StringComparison.Ordinal);

        DeliverTrace(trace, transport, target);
        transport.Deliver("[\"push\",[\"pipeline\",0,[\"square\"],[3]]]", "[\"pull\",1]", "[\"pull\",2]");

        Assert.Null(session.Error);
        Assert.StartsWith("[\"reject\",1,[\"error\",\"TypeError\"", transport.Sent[0], StringComparison.Ordinal);
        Assert.Equal("[\"resolve\",2,9]", transport.Sent[^1]);
    }

    [Theory, MemberData(nameof(Stricter))]
    public async Task Message_that_npm_wrongly_accepts_ends_the_session(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using RpcSession session = Serve(name, transport, target);

        DeliverTrace(trace, transport, target);

        Assert.IsType<RpcProtocolException>(session.Error);
        Assert.StartsWith("[\"abort\"", transport.Sent[^1], StringComparison.Ordinal);
        Assert.True(transport.IsClosed);
    }

    [Fact]
    public async Task Map_accepts_import_forms_in_instructions()
    {
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using RpcSession session = Serve(TraceLists.TypedHere[0], transport, target);

        DeliverTrace(Trace.Of(TraceLists.TypedHere[0]), transport, target);

        Assert.Equal("[\"resolve\",1,[[[\"promise\",-1],[\"promise\",-2],[\"promise\",-3]]]]", transport.Sent[0]);
        Assert.All(transport.Sent.Skip(1), text => Assert.Contains("\"TypeError\"", text, StringComparison.Ordinal));
        Assert.Equal(4, transport.Sent.Length);
    }

    [Theory, MemberData(nameof(OfStreams))]
    public async Task Unsupported_form_is_rejected_and_the_session_goes_on(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        await using RpcSession session = Serve(name, transport, target);

        DeliverTrace(trace, transport, target);

        if (session.Error is null)
        {
            Assert.All(transport.Sent, text => Assert.Matches("^\\[\"(reject|release|resolve)\"", text));
            Assert.Equal(
                trace.TextsFrom("peer").Any(IsPull), transport.Sent.Any(text => text.StartsWith("[\"reject\"", StringComparison.Ordinal)));
        }
        else
        {
            // The message is malformed as well, which ended npm's session too.
            Assert.IsType<RpcProtocolException>(session.Error);
            Assert.StartsWith("[\"abort\"", trace.TextsFrom("server").Last(), StringComparison.Ordinal);
        }

        static bool IsPull(string text) =>
            text.StartsWith("[\"pull\"", StringComparison.Ordinal) || text.StartsWith("[\"stream\"", StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(AgainstClient))]
    public async Task Client_releases_every_mention(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });
        var calls = new List<RpcPromise<object?>>();
        int asked = 0;
        foreach (TraceFrame frame in trace.Frames)
        {
            if (frame.Text is { } text && frame.From == "client" && text.StartsWith("[\"push\"", StringComparison.Ordinal))
            {
                calls.Add(session.Main.Begin<object?, WorkerRpc.CapnWeb.Targets.RpcArguments<int>>("hello", new(++asked)));
                _ = calls[^1].AsTask();
                session.Flush();
            }
            else if (frame.From == "peer")
            {
                transport.Deliver(frame.Text!);
            }
        }

        int mentions = trace.TextsFrom("peer").Sum(text => text.Split("[\"export\",-1]").Length - 1);
        foreach (RpcPromise<object?> call in calls)
        {
            Release(await call);
        }

        await session.FlushAsync();
        Assert.Null(session.Error);
        Assert.Equal(mentions, ReplayedText.Releases(transport.Sent).Sum(MainReleases));
        Assert.Equal((1, 1), (session.Statistics.Imports, session.Statistics.Exports));
    }

    private static int MainReleases(string release)
    {
        int[] numbers = [.. JsonDocument.Parse(release).RootElement.EnumerateArray().Skip(1).Select(number => number.GetInt32())];
        return numbers[0] == -1 ? numbers[1] : 0;
    }

    private static void Release(object? value)
    {
        switch (value)
        {
            case RpcStub stub:
                stub.Dispose();
                break;
            case object?[] values:
                Array.ForEach(values, Release);
                break;
        }
    }

    private static IEnumerable<string> Captured(string side) => Trace.All
        .Where(trace => trace.Direction == "hostile" && s_hostile.Contains(trace.Kind))
        .Where(trace => (trace.End?.ContainsKey("client") == true ? "client" : "server") == side)
        .Select(trace => trace.Name);

    private static RpcSession Serve(string name, ScriptedTransport transport, TraceTarget target) =>
        new(transport, target, TraceTarget.Contract, new RpcSessionOptions
        {
            TimeProvider = new ManualTime(),
            Limits = name switch
            {
                "limit/bigint-minus-counts" => new RpcLimits { MaxBigIntDigits = 4 },
                "limit/message-size" or "limit/message-size-boundary-ok" => new RpcLimits { MaxMessageSize = 64 },
                _ => RpcLimits.Default,
            },
        });

    private static void DeliverTrace(Trace trace, ScriptedTransport transport, TraceTarget target)
    {
        foreach (TraceFrame frame in trace.Frames.Where(frame => frame is { From: "peer", Text: not null }))
        {
            transport.Deliver(frame.Text!);
        }

        target.Advance();
    }

    private static string ErrorType(string abort)
    {
        JsonElement error = JsonDocument.Parse(abort).RootElement[1];
        return error.ValueKind == JsonValueKind.Array ? error[1].GetString()! : "none";
    }

    /// <summary>The messages without wording: only kinds and ids.</summary>
    private static string[] Outcomes(IEnumerable<string> texts) => [.. texts.Select(Outcome)];

    private static string Outcome(string text)
    {
        JsonElement message = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2000 }).RootElement;
        return $"{message[0]} {message[1]}";
    }
}
