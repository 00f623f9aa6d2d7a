using System.Reflection;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Hostile;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Each limit of a session, tested at its value and one beyond.</summary>
public sealed class LimitTests
{
    [Fact]
    public async Task Import_table_is_limited()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxImports = 2 });
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",{\"a\":[\"export\",-1],\"b\":[\"export\",-2]}]");
        Assert.Null(session.Error);

        transport.Deliver("[\"push\",[\"export\",-3]]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task Export_table_limits_results()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxExports = 3 });
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",1]", "[\"push\",2]", "[\"release\",1,1]", "[\"push\",3]");
        Assert.Null(session.Error);

        transport.Deliver("[\"push\",4]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task Export_table_limits_stubs()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxExports = 3 });
        await using RpcSession disposed = session;
        transport.Deliver(Call("makeCounter", "1"), "[\"pull\",1]");
        Assert.Equal("[\"resolve\",1,[\"export\",-1]]", transport.Sent[^1]);

        transport.Deliver("[\"release\",1,1]", Call("makeCounter", "1"), "[\"pull\",2]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Fact]
    public async Task Call_beyond_the_limit_is_rejected()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxCallsInFlight = 2 });
        await using RpcSession disposed = session;
        transport.Deliver(Call("never", ""), Call("later", "0,7"), "[\"pull\",2]", Call("square", "3"), "[\"pull\",3]");
        Assert.StartsWith("[\"reject\",3,[\"error\",\"RangeError\"", transport.Sent[^1], StringComparison.Ordinal);

        ((TraceTarget)Target).Advance();
        transport.Deliver(Call("square", "3"), "[\"pull\",4]");

        Assert.Equal("[\"resolve\",4,9]", transport.Sent[^1]);
        Assert.Contains("[\"resolve\",2,7]", transport.Sent);
        Assert.Equal(1, session.Statistics.CallsInFlight);
    }

    [Fact]
    public async Task Unpulled_pushes_are_limited()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxUnpulledPushes = 2 });
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",1]", "[\"push\",2]", "[\"pull\",1]", "[\"push\",3]", "[\"release\",2,1]", "[\"push\",4]");
        Assert.Null(session.Error);

        transport.Deliver("[\"push\",5]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Theory]
    [InlineData(1000, "[\"resolve\",2,")]
    [InlineData(100, "[\"reject\",2,[\"error\",\"RangeError\"")]
    public async Task Map_instructions_are_limited(int limit, string expected)
    {
        await AssertAnswersAsync(
            new RpcLimits { MaxWork = limit }, expected,
            Call("fibonacci", "3"),
            "[\"push\",[\"remap\",1,[],[[\"import\",0]],[[\"pipeline\",-1,[\"square\"],[[\"pipeline\",0]]],[\"pipeline\",1]]]]",
            "[\"pull\",2]");
    }

    [Fact]
    public async Task Nested_map_counts_towards_the_same_limit()
    {
        const string Nested = "[\"push\",[\"remap\",1,[],[[\"import\",0]],"
            + "[[\"pipeline\",-1,[\"fibonacci\"],[3]],[\"remap\",1,[],[],[[\"pipeline\",0]]]]]]";
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxWork = 100 });
        await using RpcSession disposed = session;

        transport.Deliver(Call("fibonacci", "1"), Nested, "[\"pull\",2]");

        Assert.Contains(transport.Sent, text => text.Contains("RangeError", StringComparison.Ordinal));
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Value_that_grows_by_its_promises_is_limited()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxMessageSize = 1 << 16 });
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",\"0123456789012345678901234567890123456789\"]");
        for (int i = 1; i < 40; i++)
        {
            // Each value is twice as long as the one before. The last would be 2^39 times as long as the first.
            transport.Deliver($"[\"push\",{{\"a\":[\"pipeline\",{i}],\"b\":[\"pipeline\",{i}]}}]");
        }

        transport.Deliver("[\"push\",[\"pipeline\",0,[\"take\"],[[\"pipeline\",40]]]]", "[\"pull\",41]");

        Assert.StartsWith("[\"reject\",41,[\"error\",\"RangeError\"", transport.Sent[^1], StringComparison.Ordinal);
        Assert.Null(session.Error);
    }

    [Fact]
    public void Readme_lists_every_limit_with_its_default()
    {
        string readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "CapnWeb", "README.md"));
        string[] rows = [.. readme.Split('\n').Where(line => line.StartsWith("| `Max", StringComparison.Ordinal))];

        Assert.Equal(
            typeof(RpcLimits).GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(limit => $"| `{limit.Name}` | {limit.GetValue(RpcLimits.Default)} "),
            rows.Select(row => row[..(row.IndexOf(' ', row.IndexOf("| ", 2, StringComparison.Ordinal) + 2) + 1)]));
    }

    [Fact]
    public async Task Values_of_a_message_are_limited()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxValues = 10 });
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",[[1,2,3,4,\",,,,,,,,,,,,,,,,\"]]]");
        Assert.Null(session.Error);

        transport.Deliver("[\"push\",[[1,2,3,4,5,6,7]]]");

        AssertAborted(session, transport, RpcErrorTypes.RangeError);
    }

    [Theory]
    [InlineData(10, "[\"resolve\",1,[[")]
    [InlineData(11, "[\"reject\",1,[\"error\",\"RangeError\"")]
    public async Task Work_for_all_bigints_in_a_message_is_limited(int count, string expected)
    {
        // 100 digits cost 34 units.
        string digits = new('9', 100);

        await AssertAnswersAsync(
            new RpcLimits { MaxWork = 340 }, expected,
            $"[\"push\",[[{string.Join(',', Enumerable.Repeat($"[\"bigint\",\"{digits}\"]", count))}]]]",
            "[\"pull\",1]");
    }

    [Theory]
    [InlineData(3, "[\"resolve\",2,1]")]
    [InlineData(2, "[\"reject\",2,[\"error\",\"RangeError\"")]
    public async Task Parts_of_a_path_are_limited(int limit, string expected)
    {
        await AssertAnswersAsync(
            new RpcLimits { MaxPathParts = limit }, expected,
            "[\"push\",{\"a\":{\"b\":{\"c\":1}}}]",
            "[\"push\",[\"pipeline\",1,[\"a\",\"b\",\"c\"]]]",
            "[\"pull\",2]");
    }

    [Theory]
    [InlineData(3, "[\"resolve\",1,7]")]
    [InlineData(2, "[\"reject\",1,[\"error\",\"RangeError\"")]
    public async Task Chains_of_promises_are_limited(int limit, string expected)
    {
        await AssertAnswersAsync(
            new RpcLimits { MaxPromiseChain = limit }, expected,
            "[\"push\",[\"promise\",-1]]",
            "[\"pull\",1]",
            "[\"resolve\",-1,[\"promise\",-2]]",
            "[\"resolve\",-2,[\"promise\",-3]]",
            "[\"resolve\",-3,[\"promise\",-4]]",
            "[\"resolve\",-4,7]");
    }

    [Theory]
    [InlineData(2, "[\"resolve\",2,[[1]]]")]
    [InlineData(1, "[\"reject\",2,[\"error\",\"RangeError\"")]
    public async Task Nesting_of_maps_is_limited(int limit, string expected)
    {
        await AssertAnswersAsync(
            new RpcLimits { MaxMapDepth = limit }, expected,
            "[\"push\",1]",
            "[\"push\",[\"remap\",1,[],[],[[\"remap\",0,[],[],[[[1]]]]]]]",
            "[\"pull\",2]");
    }

    [Fact]
    public async Task Kept_bytes_are_limited_until_they_are_released()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxHeldBytes = 8192 });
        await using RpcSession disposed = session;
        string value = new('x', 5000);
        transport.Deliver($"[\"push\",\"{value}\"]", $"[\"push\",\"{value}\"]", "[\"pull\",2]");
        Assert.StartsWith("[\"reject\",2,[\"error\",\"RangeError\"", transport.Sent[^1], StringComparison.Ordinal);

        transport.Deliver("[\"release\",1,1]", "[\"release\",2,1]", $"[\"push\",\"{value}\"]", "[\"pull\",3]", "[\"release\",3,1]");

        Assert.Equal($"[\"resolve\",3,\"{value}\"]", transport.Sent[^1]);
        Assert.Equal(0, session.Statistics.HeldBytes);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Object_as_a_result_waits_until_kept_bytes_are_released()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxHeldBytes = 8192 });
        await using RpcSession disposed = session;
        // Main objects take 512 bytes, this value 514 besides its text, and the entry of the call 256. So 110 bytes are left.
        transport.Deliver($"[\"push\",\"{new string('x', 6800)}\"]", Call("makeCounter", "1"), "[\"pull\",2]");
        Assert.DoesNotContain(transport.Sent, text => text.Contains(",2,", StringComparison.Ordinal));

        transport.Deliver("[\"release\",1,1]");

        Assert.Equal("[\"resolve\",2,[\"export\",-1]]", transport.Sent[^1]);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Paths_references_and_errors_count_towards_the_kept_bytes()
    {
        (RpcSession session, ScriptedTransport transport) = Serve(RpcLimits.Default);
        await using RpcSession disposed = session;
        transport.Deliver(Call("never", ""), $"[\"push\",[\"pipeline\",1,[\"{new string('x', 5000)}\"]]]");
        Assert.InRange(session.Statistics.HeldBytes, 5000, 6000);

        long before = session.Statistics.HeldBytes;
        transport.Deliver(Call("take", $"[[{string.Join(',', Enumerable.Repeat("[\"pipeline\",1]", 100))}]]"));
        Assert.InRange(session.Statistics.HeldBytes - before, 100 * 64, 100 * 128);

        before = session.Statistics.HeldBytes;
        transport.Deliver("[\"push\",[\"promise\",-1]]", $"[\"reject\",-1,[\"error\",\"E\",\"{new string('m', 5000)}\"]]");
        Assert.InRange(session.Statistics.HeldBytes - before, 10_000, 20_000);

        transport.Deliver("[\"release\",4,1]");
        Assert.Equal(before, session.Statistics.HeldBytes);
    }

    [Theory]
    [InlineData(10, "[\"resolve\",1,[[")]
    [InlineData(11, "[\"reject\",1,[\"error\",\"RangeError\"")]
    public async Task Failed_calls_of_a_message_are_limited(int count, string expected)
    {
        string calls = string.Join(',', Enumerable.Repeat("[\"pipeline\",0,[\"nothing\"],[]]", count));

        await AssertAnswersAsync(new RpcLimits { MaxWork = 2200 }, expected, $"[\"push\",[[{calls}]]]", "[\"pull\",1]");
    }

    // A call with a wrong argument of 400 bytes takes 10 units for its reference, and 200 + 6 * 400 to fail. So the second one uses up
    // the budget.
    [Theory]
    [InlineData(2, "[\"resolve\",1,[[")]
    [InlineData(3, "[\"reject\",1,[\"error\",\"RangeError\"")]
    public async Task Failed_calls_count_more_the_deeper_their_arguments_can_be(int count, string expected)
    {
        string calls = string.Join(',', Enumerable.Repeat($"[\"pipeline\",0,[\"square\"],[\"{new string('x', 396)}\"]]", count));

        await AssertAnswersAsync(new RpcLimits { MaxWork = 4000 }, expected, $"[\"push\",[[{calls}]]]", "[\"pull\",1]");
    }

    [Fact]
    public async Task Copies_of_a_result_in_one_answer_are_limited()
    {
        const int Length = 100_000, Copies = 1000, Budget = 50_000, BytesPerUnit = 512;
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxWork = Budget });
        await using RpcSession disposed = session;

        string copies = string.Join(',', Enumerable.Repeat("[\"pipeline\",1]", Copies));
        transport.Deliver($"[\"push\",\"{new string('x', Length)}\"]", $"[\"push\",[[{copies}]]]", "[\"pull\",2]");

        Assert.Equal(1 + Copies, transport.Sent.Length);
        int sent = transport.Sent.Count(text => text.StartsWith("[\"resolve\",-", StringComparison.Ordinal));
        Assert.InRange(sent, 1, Budget * BytesPerUnit / Length);
        Assert.Null(session.Error);
    }

    [Theory]
    [InlineData(0, "[\"push\",[\"pipeline\",-1,[\"a\"],[\"xxx")]
    [InlineData(1, "[\"reject\",2,[\"error\",\"RangeError\"")]
    public async Task Call_that_is_forwarded_keeps_within_the_length_of_a_message(int more, string expected)
    {
        const int Limit = 1000;
        const string Start = "[\"push\",[\"pipeline\",1,[\"a\"],[\"", End = "\"]]]";
        (RpcSession session, ScriptedTransport transport) = Serve(new RpcLimits { MaxMessageSize = Limit });
        await using RpcSession disposed = session;

        // The forwarded call has the id -1, which is longer by one character.
        string text = new('x', Limit - Start.Length - End.Length - 1 + more);
        transport.Deliver("[\"push\",[\"promise\",-1]]", Start + text + End, "[\"pull\",2]");
        await session.FlushAsync();

        Assert.Contains(transport.Sent, sent => sent.StartsWith(expected, StringComparison.Ordinal));
        Assert.Null(session.Error);
    }

    [Theory]
    [InlineData(true, 80, 80)]
    [InlineData(false, 50, 60)]
    public async Task Messages_of_a_batch_share_the_work_of_fifty(bool allowsCallbacks, int least, int most)
    {
        const int Maps = 80;
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions
        {
            TimeProvider = new ManualTime(),
            AllowCallbacks = allowsCallbacks,
            Limits = new RpcLimits { MaxWork = 1000 },
        };
        await using var session = new RpcSession(transport, new HostileTarget(), HostileTarget.Contract, options);

        // A map of 40 elements takes 800 to 1000 units.
        transport.Deliver($"[\"push\",[[{string.Join(',', Enumerable.Repeat("1", 40))}]]]");
        for (int id = 2; id < 2 + Maps; id++)
        {
            transport.Deliver("[\"push\",[\"remap\",1,[],[],[[\"pipeline\",0]]]]", $"[\"pull\",{id}]");
        }

        // Elements of the results have negative ids.
        int resolved = transport.Sent.Count(text => text.StartsWith("[\"resolve\",", StringComparison.Ordinal) && text[11] != '-');
        Assert.InRange(resolved, least, most);
        Assert.Null(session.Error);
    }

    [Fact]
    public void Ids_of_the_peer_are_hashed_differently_in_each_process()
    {
        long[] ids = [.. HostileInputs.CollidingIds(1000)];

        Assert.Single(ids.Select(id => id.GetHashCode()).Distinct());
        Assert.InRange(ids.Select(IdHash.Instance.GetHashCode).Distinct().Count(), 990, 1000);
    }

    [Fact]
    public async Task Argument_that_the_member_does_not_take_is_not_unfolded()
    {
        var transport = new ScriptedTransport();
        var options = new RpcSessionOptions { TimeProvider = new ManualTime(), Limits = new RpcLimits { MaxWork = 100 } };
        await using var session = new RpcSession(transport, new HostileTarget(), HostileTarget.Contract, options);

        transport.Deliver("[\"push\",[\"promise\",-1]]", Call("square", "3,[\"pipeline\",1],{\"a\":[\"export\",-2]}"), "[\"pull\",2]");

        Assert.Contains("[\"resolve\",2,9]", transport.Sent);
        await session.FlushAsync();
        Assert.Equal(2, session.Statistics.Imports);
    }

    [Fact]
    public async Task Long_chain_of_promises_does_not_deepen_the_stack()
    {
        const int Length = 40_000;
        (RpcSession session, ScriptedTransport transport) = Serve(RpcLimits.Default);
        await using RpcSession disposed = session;
        transport.Deliver(Call("later", "0,{\"a\":1}"));
        for (int i = 1; i < Length; i++)
        {
            transport.Receive(System.Text.Encoding.UTF8.GetBytes($"[\"push\",[\"pipeline\",{i},[\"a\"]]]"));
        }

        transport.Deliver($"[\"pull\",{Length}]");

        ((TraceTarget)Target).Advance();

        Assert.StartsWith($"[\"reject\",{Length},", transport.Sent[^1], StringComparison.Ordinal);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Value_nested_too_deep_by_promises_is_rejected()
    {
        const int Length = 40_000;
        (RpcSession session, ScriptedTransport transport) = Serve(RpcLimits.Default);
        await using RpcSession disposed = session;
        transport.Deliver("[\"push\",1]");
        for (int i = 1; i < Length; i++)
        {
            transport.Receive(System.Text.Encoding.UTF8.GetBytes($"[\"push\",{{\"a\":[\"pipeline\",{i}]}}]"));
        }

        transport.Deliver($"[\"push\",[\"pipeline\",0,[\"take\"],[[\"pipeline\",{Length}]]]]", $"[\"pull\",{Length + 1}]");
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

    // The only answer of the expected one's id must begin so, and the session must live on.
    private async Task AssertAnswersAsync(RpcLimits limits, string expected, params string[] messages)
    {
        (RpcSession session, ScriptedTransport transport) = Serve(limits);
        await using RpcSession disposed = session;

        transport.Deliver(messages);

        string id = expected.Split(',')[1];
        string answer = Assert.Single(
            transport.Sent, text => text.StartsWith("[\"re", StringComparison.Ordinal) && text.Split(',')[1] == id);
        Assert.StartsWith(expected, answer, StringComparison.Ordinal);
        Assert.Null(session.Error);
    }

    private static void AssertAborted(RpcSession session, ScriptedTransport transport, string type)
    {
        Assert.Equal(type, Assert.IsType<RpcProtocolException>(session.Error).ErrorType);
        Assert.StartsWith($"[\"abort\",[\"error\",\"{type}\"", transport.Sent[^1], StringComparison.Ordinal);
        Assert.True(transport.IsClosed);
    }
}
