using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings;

/// <summary>A binding and its own channel, as a user's assembly may add them.</summary>
public sealed class MailboxBinding : IBinding, IServerHalf
{
    public const string MailboxId = "mailbox";

    public static readonly Channel<MailboxConnection> Mailbox = new("mailbox");

    public string Id => MailboxId;

    public IReadOnlyList<string> Tags => [];

    public string Settings => "JSON handed over in memory";

    public Channel? Channel => Mailbox;

    public IServerHalf? Server => this;

    public IRuntimeStub Connect(IRuntimeHost host) => new Stub(host.Open(Mailbox));

    public void AddServices(IServiceCollection services) => services.AddSingleton<MailboxRuntime>();

    private sealed class Stub(MailboxConnection connection) : IRuntimeStub
    {
        private long _sentBytes;
        private long _receivedBytes;

        public Traffic Traffic => new(_sentBytes, _receivedBytes);

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.ExecuteRequest);
            _sentBytes += body.Length;
            byte[] answer = await connection.SendAsync(body, cancellation);
            _receivedBytes += answer.Length;
            Type type = FunctionList.Find(request.FunctionId).ResponseType;
            return (ExecuteResponse)JsonSerializer.Deserialize(answer, WireJson.Default.GetTypeInfo(type)!)!;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

/// <summary>The caller's end of a mailbox: sends a request as bytes and returns the response's bytes.</summary>
public sealed class MailboxConnection(Func<byte[], CancellationToken, Task<byte[]>> send)
{
    public Task<byte[]> SendAsync(byte[] body, CancellationToken cancellation) => send(body, cancellation);
}

/// <summary>Serves the mailbox channel. A launch finds this class by searching the assembly.</summary>
public sealed class MailboxChannelServer() : ChannelServer<MailboxConnection>(
    MailboxBinding.Mailbox, runtime => runtime.GetRequiredService<MailboxRuntime>().Connect());

/// <summary>The runtime's end, which answers all mailboxes.</summary>
public sealed class MailboxRuntime
{
    private readonly Func<byte[], CancellationToken, Task<byte[]>> _answer = AnswerAsync;

    public MailboxConnection Connect() => new(_answer);

    private static async Task<byte[]> AnswerAsync(byte[] body, CancellationToken cancellation)
    {
        ExecuteRequest request = JsonSerializer.Deserialize(body, WireJson.Default.ExecuteRequest)!;
        Function function = FunctionList.Find(request.FunctionId);
        ExecuteResponse response = await function.ExecuteAsync(request.Payload, cancellation);
        return JsonSerializer.SerializeToUtf8Bytes(response, WireJson.Default.GetTypeInfo(function.ResponseType)!);
    }
}

/// <summary>A binding whose channel has no server.</summary>
public sealed class UnservedBinding : IBinding
{
    public const string UnservedId = "unserved";

    public static readonly Channel<MailboxConnection> Unserved = new("nowhere");

    public string Id => UnservedId;

    public IReadOnlyList<string> Tags => [];

    public string Settings => "none";

    public Channel? Channel => Unserved;

    public IServerHalf? Server => null;

    public IRuntimeStub Connect(IRuntimeHost host) => throw new NotSupportedException();
}
