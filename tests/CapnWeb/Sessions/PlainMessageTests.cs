using System.Runtime.ExceptionServices;
using System.Text;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.Tests.CapnWeb.Traces;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>Common messages that the session recognises by their first bytes, without a full scan.</summary>
public sealed class PlainMessageTests
{
    [Fact]
    public void Plain_message_equals_the_scanned_message()
    {
        const int Rounds = 60;
        var random = new Random(20261126);
        byte[][] messages = [.. Trace.All
            .SelectMany(trace => trace.Frames)
            .Where(frame => frame.Text is { Length: < 500 })
            .Select(frame => Encoding.UTF8.GetBytes(frame.Text!))];
        var told = new Dictionary<MessageKind, int>();
        foreach (byte[] message in messages)
        {
            for (int round = 0; round < Rounds; round++)
            {
                byte[] changed = round == 0 ? message : Mutation.Of(message, random);
                if (PlainMessage.TryRead(changed, RpcLimits.Default, out ReceivedMessage plain))
                {
                    told[plain.Kind] = told.GetValueOrDefault(plain.Kind) + (MatchesScan(plain, changed) ? 1 : 0);
                }
            }
        }

        Assert.Equal([MessageKind.Push, MessageKind.Pull, MessageKind.Resolve, MessageKind.Release], told.Keys.Order());
        Assert.All(told.Values, count => Assert.True(count > 100));
    }

    [Theory]
    [InlineData("""["push",["pipeline",0,["square"],[3]]]""", true)]
    [InlineData("""["push",["pipeline",-3,["a.b"],[{"a":{"b":"]"}},2]]]""", true)]
    [InlineData("""["push",["pipeline",0,["square"],[ 3]]]""", false)]
    [InlineData("""["push",["pipeline",0,["square"],[[[1]]]]]""", false)]
    [InlineData("""["push",["pipeline",0,["squ\u0061re"],[3]]]""", false)]
    [InlineData("""["push",["pipeline",00,["square"],[3]]]""", false)]
    [InlineData("""["push",["pipeline",+1,["square"],[3]]]""", false)]
    [InlineData("""["pull",9007199254740993]""", false)]
    [InlineData("""["pull",0]""", false)]
    [InlineData("""["pull",1,2]""", false)]
    [InlineData("""["pull",1.0]""", false)]
    [InlineData("""["release",1,0]""", false)]
    [InlineData("""["release",-1,2]""", true)]
    [InlineData("""["resolve",1,]""", false)]
    [InlineData("""["resolve",1,["undefined"]]""", false)]
    public void Only_the_usual_spelling_is_plain(string message, bool isPlain) =>
        Assert.Equal(isPlain, PlainMessage.TryRead(Encoding.UTF8.GetBytes(message), RpcLimits.Default, out _));

    [Fact]
    public void Message_near_a_limit_is_not_plain()
    {
        string message = """["push",["pipeline",0,["square"],[{"a":{"b":{"c":"_"}}}]]]""".Replace(
            "_", new string('x', 64), StringComparison.Ordinal);

        Assert.True(IsPlain(new RpcLimits { MaxMessageSize = message.Length }));
        Assert.False(IsPlain(new RpcLimits { MaxMessageSize = message.Length - 1 }));
        Assert.True(IsPlain(new RpcLimits { MaxDepth = 7 }));
        Assert.False(IsPlain(new RpcLimits { MaxDepth = 6 }));

        bool IsPlain(RpcLimits limits) => PlainMessage.TryRead(Encoding.UTF8.GetBytes(message), limits, out _);
    }

    [Theory]
    [InlineData("""["push",["pipeline",0,["square"],[3x]]]""")]
    [InlineData("""["push",["pipeline",0,["square"],[{"a":1]]]""")]
    [InlineData("""["push",["pipeline",0,["hello"],["nobody reads this]]]""")]
    [InlineData("""["push",["pipeline",0,["add"],[1,2,]]]""")]
    [InlineData("""["resolve",1,5x]""")]
    public async Task Plain_message_with_invalid_JSON_ends_the_session(string message)
    {
        await using var session = new Scripted();
        Task<double> call = session.Main.CallAsync<double, RpcArguments>("give", default).AsTask();

        session.Receive(message);

        // The abort may be sent by the thread that sends the call.
        await session.Completion;
        RpcProtocolException error = Assert.IsType<RpcProtocolException>(session.Error);
        Assert.Equal(RpcErrorTypes.SyntaxError, error.ErrorType);
        Assert.StartsWith("[\"abort\"", session.Sent[^1], StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<RpcException>(() => call);
    }

    [Theory]
    [InlineData("""["push",["pipeline",0,["square"],["three"]]]""", "\"reject\",1")]
    [InlineData("""["push",["pipeline",0,["square"],[3,"more"]]]""", "\"resolve\",1,9")]
    [InlineData("""["push",["pipeline",0,["add"],[3,4]]]""", "\"resolve\",1,7")]
    [InlineData("""["push",["pipeline",0,["hello"],[5]]]""", "\"resolve\",1,\"hello\"")]
    public async Task Plain_message_with_unexpected_arguments_is_answered(string message, string answer)
    {
        await using var session = new Scripted();

        session.Receive(message, """["pull",1]""");

        Assert.Null(session.Error);
        Assert.StartsWith($"[{answer}", session.Sent[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_arguments_cost_one_exception_per_member()
    {
        const string Add = """["push",["pipeline",0,["add"],[3,4]]]""";
        await using var session = new Scripted();
        session.Receive(Add);
        int here = Environment.CurrentManagedThreadId;
        int thrown = 0;
        void Count(object? _, FirstChanceExceptionEventArgs thrownNow) => thrown += Environment.CurrentManagedThreadId == here ? 1 : 0;

        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            session.Receive(Add, """["pull",2]""");
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        Assert.Equal("""["resolve",2,7]""", session.Sent[^1]);
        Assert.Equal(0, thrown);
    }

    [Fact]
    public async Task Result_of_wrong_type_fails_only_its_call()
    {
        await using var session = new Scripted();
        Task<double> call = session.Main.CallAsync<double, RpcArguments>("give", default).AsTask();

        session.Receive("""["resolve",1,{"no":"number"}]""");

        await Assert.ThrowsAsync<RpcValueException>(() => call);
        Assert.Null(session.Error);
    }

    [Fact]
    public async Task Earlier_result_survives_reuse_of_its_buffer()
    {
        await using var session = new Scripted();
        foreach ((int id, string text) in new[] { (1, "first"), (2, "second"), (3, "third") })
        {
            session.Receive($$"""["push",["pipeline",0,["echo"],[{"a":"{{text}}"}]]]""", $"[\"pull\",{id}]");
        }

        session.Receive(
            """["push",["pipeline",1,["a"]]]""",
            """["pull",4]""",
            """["release",2,1]""",
            """["push",["pipeline",3,["a"]]]""",
            """["pull",5]""");

        Assert.Equal(["""["resolve",4,"first"]""", """["resolve",5,"third"]"""], session.Sent[^2..]);
    }

    /// <summary>Compares a message recognised by its first bytes with a full scan. Returns false if the scan fails.</summary>
    private static bool MatchesScan(in ReceivedMessage plain, byte[] message)
    {
        MentionList mentions = default;
        try
        {
            ReceivedMessage scanned = MessageScanner.Scan(message, RpcLimits.Default, ref mentions);
            Assert.Equal((plain.Kind, plain.Id, plain.Count, plain.Call), (scanned.Kind, scanned.Id, scanned.Count, scanned.Call));
            // The ends may differ: text after the expression is rejected only when the value is read.
            Assert.Equal(plain.Expression.Start, scanned.Expression.Start);
            return true;
        }
        catch (RpcProtocolException)
        {
            return false;
        }
        finally
        {
            mentions.Dispose();
        }
    }

    /// <summary>A session whose peer is the test.</summary>
    private sealed class Scripted : IAsyncDisposable
    {
        private readonly ScriptedTransport _transport = new();
        private readonly RpcSession _session;

        public Scripted() =>
            _session = new RpcSession(
                _transport, new TraceTarget(), TraceTarget.Contract, new RpcSessionOptions { TimeProvider = new ManualTime() });

        public RpcStub Main => _session.Main;

        public Exception? Error => _session.Error;

        public Task Completion => _session.Completion;

        public string[] Sent => _transport.Sent;

        public void Receive(params string[] messages)
        {
            foreach (string message in messages)
            {
                _transport.Receive(Encoding.UTF8.GetBytes(message));
            }

            _transport.ReceiveDone();
        }

        public ValueTask DisposeAsync() => _session.DisposeAsync();
    }
}
