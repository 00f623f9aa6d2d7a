using StreamJsonRpc;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>The caller's stub. It makes calls through the library's proxy. Any number of concurrent calls share one connection.</summary>
internal sealed class StreamRpcStub : IRuntimeStub
{
    private readonly StreamRpcConnection _connection;
    private readonly StreamRpcFormatter _formatter;
    private readonly JsonRpc _rpc;
    private readonly IRuntimeRpc _runtime;

    public StreamRpcStub(StreamRpcConnection connection)
    {
        _connection = connection;
        _formatter = new StreamRpcFormatter(connection.MaxMessageBytes);
        _rpc = StreamRpcServer.CreateRpc(connection.Pipe, _formatter);
        _runtime = _rpc.Attach<IRuntimeRpc>();
        _rpc.StartListening();
    }

    public Traffic Traffic => new(_connection.RuntimeReceivedBytes, _formatter.ReceivedBytes);

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Function function = FunctionList.Find(request.FunctionId);
        _formatter.Check(request);
        ExecuteResponse response;
        try
        {
            // WaitAsync ends the wait of a cancelled call at once. The library itself would complete the call only after the function has
            // ended.
            // https://microsoft.github.io/vs-streamjsonrpc/docs/sendrequest.html#cancellation
            response = await _runtime.ExecuteAsync(request, cancellation).WaitAsync(cancellation);
        }
        catch (RemoteInvocationException e)
        {
            throw new RuntimeErrorException(e.ErrorCode, e.Message);
        }
        catch (Exception e) when (e is RemoteRpcException or ObjectDisposedException)
        {
            throw new RuntimeUnreachableException($"The runtime cannot be reached: {e.Message}", e);
        }

        return response.GetType() == function.ResponseType
            ? response
            : throw new RuntimeUnreachableException(
                $"The runtime's answer is no response of '{function.Id}': it is {response.GetType()}.");
    }

    public ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        return ValueTask.CompletedTask;
    }
}
