using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>What a hostile peer can make a session log.</summary>
public sealed class SessionLogTests : IDisposable
{
    // Stands for text of the peer, which must not reach the log.
    private const string Payload = "PAYLOAD";

    private readonly LogLines _log = new();
    private readonly ManualTime _clock = new();

    public void Dispose() => _log.Dispose();

    public static TheoryData<string> Attacks =>
    [
        $"[\"{Payload}\"]",
        $"{Payload}",
        $"[\"push\",[\"{Payload}\"]]",
        $"[\"push\",[\"pipeline\",0,[\"{Payload}\"],[\"{Payload}\"]]]\n[\"pull\",1]\n[\"pull\",9]",
        $"[\"push\",[\"pipeline\",0,[\"square\"],[\"{Payload}\"]]]\n[\"pull\",1]\n[\"pull\",9]",
        $"[\"push\",[\"pipeline\",0,[\"square\"],[{{\"{Payload}\":[\"date\",\"{Payload}\"]}}]]]",
        $"[\"push\",[\"pipeline\",0,[\"echo\"],[[\"bytes\",\"AA\",\"{Payload}\"]]]]",
        $"[\"push\",[\"pipeline\",0,[\"echo\"],[[\"bigint\",\"{Payload}\"]]]]",
        $"[\"push\",[\"pipeline\",0,[\"echo\"],[[\"url\",\"{Payload}\"]]]]",
        $"[\"push\",[\"remap\",0,[\"{Payload}\"],[[\"{Payload}\",0]],[1]]]",
        $"[\"abort\",[\"error\",\"Error\",\"{Payload}\"]]",
        $"[\"release\",0,2]\n[\"{Payload}\"]",
        "[\"push\",[\"pipeline\",0,[\"throwOnCancel\"],[]]]\n[\"release\",1,1]\n"
        + "[\"push\",[\"pipeline\",0,[\"throwOnCancel\"],[]]]\n[\"release\",2,1]\n[\"nothing\"]",
    ];

    [Theory, MemberData(nameof(Attacks))]
    public async Task Hostile_session_logs_at_most_one_line_and_no_payload(string messages)
    {
        await AttackAsync(messages);

        Assert.InRange(_log.All.Length, 0, 1);
        Assert.All(_log.All, line => Assert.DoesNotContain(Payload, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_hostile_sessions_log_ten_lines_in_ten_seconds()
    {
        for (int i = 0; i < 50; i++)
        {
            await AttackAsync("[\"nothing\"]");
        }

        Assert.Equal(10, _log.All.Length);
        Assert.All(_log.All, line => Assert.StartsWith("Warning The session was aborted: ", line, StringComparison.Ordinal));

        _clock.Advance(TimeSpan.FromSeconds(10));
        await AttackAsync("[\"nothing\"]");

        Assert.Equal(11, _log.All.Length);
        Assert.Contains("left out before this one: 40", _log.All[^1], StringComparison.Ordinal);
    }

    public static TheoryData<string> Departures => ["broken", "io", "cancelled"];

    [Theory, MemberData(nameof(Departures))]
    public async Task Lost_connections_warn_of_nothing_and_displace_no_warning(string departure)
    {
        Exception error = departure switch
        {
            "broken" => new RpcBrokenException($"WebSocket connection failed: {Payload}"),
            "io" => new IOException(Payload),
            _ => new OperationCanceledException(Payload),
        };
        for (int i = 0; i < 20; i++)
        {
            var transport = new ScriptedTransport();
            var options = new RpcSessionOptions { LoggerFactory = _log, TimeProvider = _clock };
            await using var session = new RpcSession(transport, new Careless(), Careless.Contract, options);
            transport.Close(error);
        }

        Assert.NotEmpty(_log.All);
        Assert.All(_log.All, line => Assert.StartsWith("Debug The session is over", line, StringComparison.Ordinal));
        Assert.All(_log.All, line => Assert.DoesNotContain(Payload, line, StringComparison.Ordinal));
        await AttackAsync("[\"nothing\"]");
        Assert.StartsWith("Warning The session was aborted: ", _log.All[^1], StringComparison.Ordinal);
    }

    private async Task AttackAsync(string messages)
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { LoggerFactory = _log, TimeProvider = _clock };
        await using var session = new RpcSession(transport, new Careless(), Careless.Contract, options);
        transport.Deliver(messages.Split('\n'));
    }

    /// <summary>Has a method whose cancellation callback throws.</summary>
    private sealed class Careless
    {
        public static RpcContract<Careless> Contract { get; } = new(
            null,
            RpcMember<Careless>.Method("square", (_, call) => call.Return(Math.Pow(call.Required<double>(0, "x"), 2))),
            RpcMember<Careless>.Method("echo", (_, call) => call.Return(call.Required<object>(0, "value"))),
            RpcMember<Careless>.Method("throwOnCancel", (_, call) =>
            {
                call.Cancellation.Register(() => throw new RpcException("callback"));
                call.Return(new TaskCompletionSource<int>().Task);
            }));
    }
}
