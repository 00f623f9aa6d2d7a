using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Captured conversations with this library as the server: says what the client said, and expects what the server said.</summary>
public sealed class ServerTraceTests
{
    public static TheoryData<string> Served => [.. Trace.All
        .Where(trace => trace.Direction == "session" && TraceLists.SessionKinds.Contains(trace.Kind))
        .Select(trace => trace.Name)
        .Except(TraceLists.LaterParts)
        .Except(TraceLists.ServedByOutcome)
        .Except(TraceLists.OfTheTransport)];

    [Theory, MemberData(nameof(Served))]
    public async Task The_server_says_what_the_captured_one_said(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var target = new TraceTarget();
        // What the peer's answer lets go on is said before the next of its messages.
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), AllowSynchronousContinuations = true };
        await using var session = name == "call/main-null"
            ? new RpcSession(transport, options: options)
            : new RpcSession(transport, target, TraceTarget.Contract, options);
        target.Peer = session.Main;

        Replay(trace, transport, target);

        await session.FlushAsync();
        Assert.Null(session.Error);
        Assert.Equal(ReplayedText.Lasting(trace.TextsFrom("server")), ReplayedText.Lasting(transport.Sent));
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
                transport.Say(frame.Text!);
            }
            else if (!frame.Text!.StartsWith("[\"release", StringComparison.Ordinal) && ++expected > ReplayedText.Lasting(transport.Sent).Length)
            {
                // What has not been said yet waits for its time.
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

/// <summary>What is compared of two conversations.</summary>
internal static class ReplayedText
{
    /// <summary>Everything but releases, in order.</summary>
    public static string[] Lasting(IEnumerable<string> texts) => [.. texts.Where(text => !IsRelease(text))];

    /// <summary>Releases, which may wait for company.</summary>
    public static string[] Releases(IEnumerable<string> texts) => [.. texts.Where(IsRelease).Order(StringComparer.Ordinal)];

    private static bool IsRelease(string text) => text.StartsWith("[\"release\"", StringComparison.Ordinal);
}
