using Nerdbank.Streams;
using PolyType;
using StreamJsonRpc;
using WorkerRpc.Functions;

namespace WorkerRpc.PlainPeers;

/// <summary>StreamJsonRpc as in its own sample for the MessagePack formatter: streams, message handler, formatter and proxy.</summary>
// https://microsoft.github.io/vs-streamjsonrpc/docs/nativeAOT.html#messagepack
public sealed partial class PlainStreamJsonRpc : PlainBinding
{
    /// <inheritdoc/>
    public override string Id => "plain-stream-json-rpc";

    /// <inheritdoc/>
    public override string Settings =>
        "StreamJsonRpc over FullDuplexStream, LengthHeaderMessageHandler, NerdbankMessagePackFormatter and a generated proxy "
        + "with their defaults";

    private protected override Task<ICaller> ConnectAsync() => Task.FromResult<ICaller>(new Caller());

    private static NerdbankMessagePackFormatter CreateFormatter() => new()
    {
        TypeShapeProvider = Witness.GeneratedTypeShapeProvider,
    };

    // The interface has one method for each result type, because a method of the proxy has a fixed result type.
    [JsonRpcContract, GenerateShape(IncludeMethods = MethodShapeFlags.PublicInstance)]
    internal partial interface IServer
    {
        Task<ExecuteResponse<Payload>> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation);

        Task<ExecuteResponse<ComputeResult>> ComputeAsync(ExecuteRequest request, CancellationToken cancellation);
    }

    private sealed class RpcServer : IServer
    {
        public async Task<ExecuteResponse<Payload>> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
            (ExecuteResponse<Payload>)await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation);

        public async Task<ExecuteResponse<ComputeResult>> ComputeAsync(ExecuteRequest request, CancellationToken cancellation) =>
            (ExecuteResponse<ComputeResult>)await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation);
    }

    private sealed class Caller : ICaller
    {
        private readonly JsonRpc _serverRpc;
        private readonly JsonRpc _clientRpc;
        private readonly IServer _proxy;

        public Caller()
        {
            (Stream client, Stream server) = FullDuplexStream.CreatePair();
            _serverRpc = new JsonRpc(new LengthHeaderMessageHandler(server, server, CreateFormatter()));
            _clientRpc = new JsonRpc(new LengthHeaderMessageHandler(client, client, CreateFormatter()));
            _serverRpc.AddLocalRpcTarget(new RpcServer());
            _serverRpc.StartListening();
            _proxy = _clientRpc.Attach<IServer>();
            _clientRpc.StartListening();
        }

        public async Task<ExecuteResponse> CallAsync(ExecuteRequest request, CancellationToken cancellation) =>
            FunctionList.Find(request.FunctionId).ResponseType == typeof(ExecuteResponse<ComputeResult>)
                ? await _proxy.ComputeAsync(request, cancellation)
                : await _proxy.ExecuteAsync(request, cancellation);

        public ValueTask DisposeAsync()
        {
            _clientRpc.Dispose();
            _serverRpc.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    [GenerateShapeFor<int>]
    private sealed partial class Witness;
}
