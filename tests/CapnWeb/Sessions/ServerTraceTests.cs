using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Replays traces with this library as the server, and compares what the server sends.</summary>
public sealed class ServerTraceTests
{
    public static TheoryData<string> Served => [.. Trace.All
        .Where(trace => trace.Direction == "session" && TraceLists.SessionKinds.Contains(trace.Kind))
        .Select(trace => trace.Name)
        .Except(TraceLists.Unsupported)
        .Except(TraceLists.ServedByOutcome)
        .Except(TraceLists.OfTheTransport)];

    [Theory, MemberData(nameof(Served))]
    public async Task Server_sends_the_same_messages_as_npm(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        // With synchronous continuations, a call sends its answer before the next message is read, as npm does.
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowSynchronousContinuations = true };
        await using var session = name == "call/main-null"
            ? new RpcSession(transport, options: options)
            : new RpcSession(transport, target, TraceTarget.Contract, options);
        target.Peer = session.Main;

        Replay(trace, transport, target);

        await session.FlushAsync();
        Assert.Null(session.Error);
        Assert.Equal(ReplayedText.WithoutReleases(trace.TextsFrom("server")), ReplayedText.WithoutReleases(transport.Sent));
        Assert.Equal(ReplayedText.Releases(trace.TextsFrom("server")), ReplayedText.Releases(transport.Sent));
        AssertEmpty(session);
    }

    private static void Replay(Trace trace, ScriptedTransport transport, TraceTarget target)
    {
        int expected = 0;
        foreach (TraceFrame frame in trace.Frames)
        {
            if (frame.From == "client")
            {
                transport.Deliver(frame.Text!);
            }
            else if (!frame.Text!.StartsWith("[\"release", StringComparison.Ordinal)
                && ++expected > ReplayedText.WithoutReleases(transport.Sent).Length)
            {
                // The traced server has sent this message by now, so a delayed method must complete.
                target.Advance();
            }
        }
    }

    private static void AssertEmpty(RpcSession session)
    {
        RpcStatistics statistics = session.Statistics;
        Assert.Equal((1, 1, 0), (statistics.Imports, statistics.Exports, statistics.CallsInFlight));
    }
}

/// <summary>Splits sent messages into releases and all others, for comparison.</summary>
internal static class ReplayedText
{
    /// <summary>All messages except releases, in order.</summary>
    public static string[] WithoutReleases(IEnumerable<string> texts) => [.. texts.Where(text => !IsRelease(text))];

    /// <summary>Releases. Their order may differ, because they are sent with a delay.</summary>
    public static string[] Releases(IEnumerable<string> texts) => [.. texts.Where(IsRelease).Order(StringComparer.Ordinal)];

    private static bool IsRelease(string text) => text.StartsWith("[\"release\"", StringComparison.Ordinal);
}
