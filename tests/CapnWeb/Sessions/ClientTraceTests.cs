using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Replays traces with this library as the client, and compares what the client sends.</summary>
public sealed class ClientTraceTests
{
    public static TheoryData<string> Driven => [.. ClientScenarios.All.Keys];

    [Theory, MemberData(nameof(Driven))]
    public async Task Client_sends_the_same_messages_as_npm(string name)
    {
        Trace trace = Trace.Of(name);
        var transport = new ScriptedTransport();
        var script = new PeerScript(trace, transport);
        transport.OnSent = script.Answer;
        await using var session = new RpcSession(
            transport, new NamedClient(), NamedClient.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        await TestCalls.InBackgroundAsync(() => ClientScenarios.All[name](session));

        await session.FlushAsync();
        Assert.Null(session.Error);
        Assert.Equal(ReplayedText.WithoutReleases(trace.TextsFrom("client")), ReplayedText.WithoutReleases(transport.Sent));
        Assert.Equal(ReplayedText.Releases(trace.TextsFrom("client")), ReplayedText.Releases(transport.Sent));
        Assert.Equal((1, 1, 0), (session.Statistics.Imports, session.Statistics.Exports, session.Statistics.CallsInFlight));
    }

    [Fact]
    public void Every_trace_is_replayed_or_listed() => Assert.Empty(Trace.All
        .Where(trace => trace.Direction == "session" && TraceLists.SessionKinds.Contains(trace.Kind) && trace.Kind != "map")
        .Select(trace => trace.Name)
        .Except(ClientScenarios.All.Keys)
        .Except(TraceLists.Unsupported)
        .Except(TraceLists.OfTheTransport)
        .Except(TraceLists.WithLocalPromise));

    /// <summary>Plays the traced server: delivers each of its messages after the client has sent all earlier ones.</summary>
    private sealed class PeerScript(Trace trace, ScriptedTransport transport)
    {
        private int _next;

        public void Answer(string sent)
        {
            if (sent.StartsWith("[\"release\"", StringComparison.Ordinal))
            {
                return;
            }

            Skip("client");
            _next++;
            var answers = new List<string>();
            for (; _next < trace.Frames.Count && !IsLastingFrom(trace.Frames[_next], "client"); _next++)
            {
                if (trace.Frames[_next] is { From: "server", Text: { } text })
                {
                    answers.Add(text);
                }
            }

            if (answers.Count > 0)
            {
                transport.Deliver([.. answers]);
            }
        }

        private void Skip(string side)
        {
            while (_next < trace.Frames.Count && !IsLastingFrom(trace.Frames[_next], side))
            {
                _next++;
            }
        }

        private static bool IsLastingFrom(TraceFrame frame, string side) =>
            frame.From == side && frame.Text is { } text && !text.StartsWith("[\"release\"", StringComparison.Ordinal);
    }
}
