using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>What a peer may make a session hold and do: all of each limit, and not one more.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task The_peer_may_give_as_many_references_as_the_table_of_imports_takes()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxImports = 2 });
        await using RpcSession disposed = session;
        transport.Say("[\"push\",{\"a\":[\"export\",-1],\"b\":[\"export\",-2]}]");
        Assert.Null(session.Error);

        transport.Say("[\"push\",[\"export\",-3]]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task The_peer_may_hold_as_many_results_as_the_table_of_exports_takes()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxExports = 3 });
        await using RpcSession disposed = session;
        transport.Say("[\"push\",1]", "[\"push\",2]", "[\"release\",1,1]", "[\"push\",3]");
        Assert.Null(session.Error);

        transport.Say("[\"push\",4]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task The_peer_may_hold_as_many_stubs_as_the_table_of_exports_takes()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxExports = 3 });
        await using RpcSession disposed = session;
        transport.Say(Call("makeCounter", "1"), "[\"pull\",1]");
        Assert.Equal("[\"resolve\",1,[\"export\",-1]]", transport.Sent[^1]);

        transport.Say("[\"release\",1,1]", Call("makeCounter", "1"), "[\"pull\",2]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task A_call_beyond_those_in_flight_is_rejected_and_those_go_on()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxCallsInFlight = 2 });
        await using RpcSession disposed = session;
        transport.Say(Call("never", ""), Call("later", "0,7"), "[\"pull\",2]", Call("square", "3"), "[\"pull\",3]");
        Assert.StartsWith("[\"reject\",3,[\"error\",\"RangeError\"", transport.Sent[^1], StringComparison.Ordinal);

        ((TraceTarget)Target).Advance();
        transport.Say(Call("square", "3"), "[\"pull\",4]");

        Assert.Equal("[\"resolve\",4,9]", transport.Sent[^1]);
        Assert.Contains("[\"resolve\",2,7]", transport.Sent);
        Assert.Equal(1, session.Statistics.CallsInFlight);
    }

    [Fact]
    public async Task The_peer_may_leave_as_many_pushes_unpulled_as_the_limit_says()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxUnpulledPushes = 2 });
        await using RpcSession disposed = session;
        transport.Say("[\"push\",1]", "[\"push\",2]", "[\"pull\",1]", "[\"push\",3]", "[\"release\",2,1]", "[\"push\",4]");
        Assert.Null(session.Error);

        transport.Say("[\"push\",5]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Theory]
    [InlineData(6, "[\"resolve\",2,")]
    [InlineData(5, "[\"reject\",2,[\"error\",\"RangeError\"")]
    public async Task A_map_runs_as_many_instructions_as_the_limit_says(int limit, string expected)
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxMapWork = limit });
        await using RpcSession disposed = session;
        transport.Say(
            Call("fibonacci", "3"),
            "[\"push\",[\"remap\",1,[],[[\"import\",0]],[[\"pipeline\",-1,[\"square\"],[[\"pipeline\",0]]],[\"pipeline\",1]]]]",
            "[\"pull\",2]");
        Assert.Contains(transport.Sent, text => text.StartsWith(expected, StringComparison.Ordinal));
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task A_nested_map_spends_the_same_budget()
    {
        const string Nested = "[\"push\",[\"remap\",1,[],[[\"import\",0]],[[\"pipeline\",-1,[\"fibonacci\"],[3]],[\"remap\",1,[],[],[[\"pipeline\",0]]]]]]";
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxMapWork = 4 });
        await using RpcSession disposed = session;

        transport.Say(Call("fibonacci", "1"), Nested, "[\"pull\",2]");

        Assert.Contains(transport.Sent, text => text.Contains("RangeError", StringComparison.Ordinal));
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Bytes_that_the_peer_does_not_read_end_the_session()
    {
        const int Limit = 4096;
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxUnsentBytes = Limit });
        await using RpcSession disposed = session;
        string echo = new('x', Limit - "[\"resolve\",2,\"\"]".Length);
        var reading = new TaskCompletionSource();
        transport.Hold = reading.Task;
        transport.Say("[\"push\",1]", "[\"pull\",1]");

        transport.Say($"[\"push\",\"{echo}\"]", "[\"pull\",2]");
        Assert.Null(session.Error);
        transport.Say("[\"push\",2]", "[\"pull\",3]");

        Assert.Equal(RpcErrorTypes.RangeError, Assert.IsType<RpcProtocolException>(session.Error).ErrorType);
        reading.SetResult();
    }

    [Fact]
    public async Task A_value_that_grows_by_the_promises_in_it_is_bounded()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxMessageSize = 1 << 16 });
        await using RpcSession disposed = session;
        transport.Say("[\"push\",\"0123456789012345678901234567890123456789\"]");
        for (int i = 1; i < 40; i++)
        {
            // Each doubles the one before: the last would be 2^39 times as long.
            transport.Say($"[\"push\",{{\"a\":[\"pipeline\",{i}],\"b\":[\"pipeline\",{i}]}}]");
        }

        transport.Say("[\"push\",[\"pipeline\",0,[\"take\"],[[\"pipeline\",40]]]]", "[\"pull\",41]");

        Assert.StartsWith("[\"reject\",41,[\"error\",\"RangeError\"", transport.Sent[^1], StringComparison.Ordinal);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task A_chain_of_promises_as_long_as_the_table_takes_is_no_deeper_a_stack()
    {
        const int Length = 40_000;
        (RpcSession session, ScriptedTransport transport) = Serve(RpcLimits.Default);
        await using RpcSession disposed = session;
        transport.Say(Call("later", "0,{\"a\":1}"));
        for (int i = 1; i < Length; i++)
        {
            transport.Receive(System.Text.Encoding.UTF8.GetBytes($"[\"push\",[\"pipeline\",{i},[\"a\"]]]"));
        }
        transport.Say($"[\"pull\",{Length}]");

        ((TraceTarget)Target).Advance();

        Assert.StartsWith($"[\"reject\",{Length},", transport.Sent[^1], StringComparison.Ordinal);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task A_value_nested_by_promises_beyond_the_depth_is_rejected_and_let_go()
    {
        const int Length = 40_000;
        (RpcSession session, ScriptedTransport transport) = Serve(RpcLimits.Default);
        await using RpcSession disposed = session;
        transport.Say("[\"push\",1]");
        for (int i = 1; i < Length; i++)
        {
            transport.Receive(System.Text.Encoding.UTF8.GetBytes($"[\"push\",{{\"a\":[\"pipeline\",{i}]}}]"));
        }
        transport.Say($"[\"push\",[\"pipeline\",0,[\"take\"],[[\"pipeline\",{Length}]]]]", $"[\"pull\",{Length + 1}]");
        Assert.StartsWith($"[\"reject\",{Length + 1},", transport.Sent[^1], StringComparison.Ordinal);

        for (int i = 1; i <= Length + 1; i++)
        {
            transport.Receive(System.Text.Encoding.UTF8.GetBytes($"[\"release\",{i},1]"));
        }

        Assert.Equal((1, 1, 0), (session.Statistics.Imports, session.Statistics.Exports, session.Statistics.CallsInFlight));
    }

    private object Target { get; } = new TraceTarget();

    private static string Call(string method, string arguments) => $"[\"push\",[\"pipeline\",0,[\"{method}\"],[{arguments}]]]";

    private (RpcSession Session, ScriptedTransport Transport) Serve(RpcLimits limits)
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), Limits = limits };
        return (new RpcSession(transport, Target, TraceTarget.Contract, options), transport);
    }

    private static void AssertAborted(RpcSession session, ScriptedTransport transport, string type)
    {
        Assert.Equal(type, Assert.IsType<RpcProtocolException>(session.Error).ErrorType);
        Assert.StartsWith($"[\"abort\",[\"error\",\"{type}\"", transport.Sent[^1], StringComparison.Ordinal);
        Assert.True(transport.IsClosed);
    }
}
