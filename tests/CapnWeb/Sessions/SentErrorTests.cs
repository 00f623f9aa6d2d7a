using System.Text.Json;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Targets;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.Tests.CapnWeb.Transports;

namespace WorkerRpc.Tests.CapnWeb.Sessions;

/// <summary>What a peer sees of the exceptions of this process.</summary>
public sealed class SentErrorTests : IDisposable
{
    private const string Secret = "the password is 1234";

    private readonly LogLines _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData("secret")]
    [InlineData("inside")]
    [InlineData("later")]
    [InlineData("cancelled")]
    [InlineData("value")]
    [InlineData("unsupported")]
    [InlineData("parsed")]
    [InlineData("broken")]
    public async Task Unexpected_exception_is_sent_as_an_id_of_the_log(string member)
    {
        RpcException error = await FailAsync(member, new() { LoggerFactory = _log });

        string id = Assert.IsType<string>(error.Properties["id"]);
        Assert.Equal($"Internal error. Its id in the log is {id}.", error.Message);
        Assert.Equal(("InternalError", false, 2), (error.Code, error.HasCause, error.Properties.Count));
        string line = Assert.Single(_log.All, line => line.Contains(id, StringComparison.Ordinal));
        Assert.Contains(Secret, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_failure_has_an_id_of_its_own_until_the_log_is_full()
    {
        var ids = new HashSet<string>();
        await using var pair = new Pair(
            new Secretive(), Secretive.Contract, server: new RpcSessionOptions { LoggerFactory = _log, TimeProvider = new ManualTime() });
        for (int i = 0; i < 150; i++)
        {
            ids.Add((string)(await CallAsync(pair, "secret")).Properties["id"]!);
        }

        Assert.Equal(100, ids.Count);
        Assert.Equal(100, _log.All.Length);
        Assert.All(ids, id => Assert.Contains(_log.All, line => line.Contains(id, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Detailed_errors_and_the_hook_send_messages_and_causes(bool isDetailed, bool hasHook)
    {
        RpcException error = await FailAsync(
            "inside", new() { EnableDetailedErrors = isDetailed, OnSendError = hasHook ? static error => error : null });

        Assert.Equal(("outer", "InvalidOperationException"), (error.Message, error.Code));
        Assert.Equal(Secret, Assert.IsType<RpcException>(error.Cause).Message);
    }

    [Fact]
    public async Task RpcException_is_sent_with_its_cause()
    {
        RpcException error = await FailAsync("chosen", new() { LoggerFactory = _log });

        Assert.Equal((RpcErrorTypes.RangeError, "chosen", "E"), (error.ErrorType, error.Message, error.Code));
        Assert.Equal("its cause", Assert.IsType<RpcException>(error.Cause).Message);
    }

    [Theory]
    [InlineData(1, "Expected a value of type Refusing.")]
    [InlineData(2, "Expected a value of type Refusing.")]
    [InlineData(3, "Expected a value of type Refusing: at $, another came.")]
    [InlineData(4, "Expected a value of type Refusing.")]
    public async Task Invalid_argument_is_sent_without_the_text_of_a_constructor(int number, string expected)
    {
        await using var pair = new Pair(new Secretive(), Secretive.Contract, server: new RpcSessionOptions { LoggerFactory = _log });

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => pair.Main.CallAsync<int, RpcArguments<Checked>>(
            "take", new(new Checked(number))).AsTask());

        Assert.Equal((RpcErrorTypes.TypeError, expected), (error.ErrorType, error.Message));
        Assert.DoesNotContain(_log.All, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Abort_has_neither_the_message_of_an_exception_nor_its_cause()
    {
        var transport = new ScriptedTransport();
        await using var session = new RpcSession(transport, options: new RpcSessionOptions { TimeProvider = new ManualTime() });

        transport.Close(new IOException(Secret));
        await session.Completion;

        Assert.Equal("[\"abort\",[\"error\",\"Error\",\"The session failed.\"]]", transport.Sent[^1]);
    }

    private static async Task<RpcException> FailAsync(string member, RpcSessionOptions server)
    {
        await using var pair = new Pair(new Secretive(), Secretive.Contract, server: server);
        return await CallAsync(pair, member);
    }

    private static Task<RpcException> CallAsync(Pair pair, string member) =>
        Assert.ThrowsAsync<RpcException>(() => pair.Main.CallAsync<object?, RpcArguments>(member, default).AsTask());

    /// <summary>Throws exceptions with a secret, and one that is meant for the caller.</summary>
    private sealed class Secretive
    {
        public static RpcContract<Secretive> Contract { get; } = new(
            null,
            RpcMember<Secretive>.Method("secret", (_, _) => throw new InvalidOperationException(Secret)),
            RpcMember<Secretive>.Method("inside", (_, _) => throw Outer()),
            RpcMember<Secretive>.Method("later", (_, call) => call.Return(LaterAsync())),
            RpcMember<Secretive>.Method("cancelled", (_, _) => throw new OperationCanceledException(Secret)),
            RpcMember<Secretive>.Method("value", (_, call) => call.Return(new Throwing<InvalidOperationException>())),
            RpcMember<Secretive>.Method("unsupported", (_, call) => call.Return(new Throwing<NotSupportedException>())),
            RpcMember<Secretive>.Method("parsed", (_, call) => call.Return(new Throwing<JsonException>())),
            RpcMember<Secretive>.Method("broken", (_, _) => throw new RpcBrokenException("host is down", new IOException(Secret))),
            RpcMember<Secretive>.Method("chosen", (_, _) => throw Chosen()),
            RpcMember<Secretive>.Method("take", (_, call) => call.Required<Refusing>(0, "value")));

        private static InvalidOperationException Outer() => new("outer", new ArgumentException(Secret));

        private static RpcException Chosen() =>
            new(RpcErrorTypes.RangeError, "chosen", new ArgumentException("its cause")) { Code = "E" };

        private static async Task<int> LaterAsync()
        {
            await Task.Yield();
            throw new ArgumentException(Secret);
        }
    }

    private sealed record Checked(int Number);

    private sealed class Throwing<T>
        where T : Exception
    {
        private readonly string _text = Secret;

        public int Number => throw (T)Activator.CreateInstance(typeof(T), _text)!;
    }

    private sealed class Refusing
    {
        public Refusing(int number) => throw number switch
        {
            1 => new ArgumentException(Secret),
            2 => new NotSupportedException(Secret),
            3 => new JsonException(Secret),
            // The path in a text that the constructor read.
            _ => new JsonException(Secret, "$.password", 0, 0),
        };

        public int Number { get; }
    }
}
