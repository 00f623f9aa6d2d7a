using WorkerRpc.Bindings.Contracts;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The form of a chain of dependent calls: the number of calls and the number of round trips.</summary>
public enum ChainForm
{
    /// <summary>One echo call, which needs one round trip.</summary>
    One,

    /// <summary>
    /// Three echo calls. Each waits for the result of the previous call and sends it as its argument, so they need three round
    /// trips.
    /// </summary>
    ThreeAwaited,

    /// <summary>
    /// Three echo calls. Each sends the promise of the previous call's result as its argument, so they need one round trip.
    /// </summary>
    ThreePipelined,
}

/// <summary>
/// A chain of calls that depend on each other. It shows how much time promise pipelining saves. A chain is a reference and
/// not a method, because only Cap'n Web supports pipelining: chains are only compared with other chains.
/// </summary>
public abstract class CapnWebChain : Reference
{
    /// <summary>The form of this chain.</summary>
    public abstract ChainForm Form { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Tags => [BindingTags.Reference, BindingTags.CapnWeb];

    /// <inheritdoc/>
    public override Channel? Channel => HttpChannels.Loopback;

    /// <inheritdoc/>
    public override IServerHalf Server => CapnWebRuntime.Half.Shared;

    /// <summary>The last part of the reference's id, which names the form of the chain.</summary>
    private protected string FormId => Form switch
    {
        ChainForm.One => "one-call",
        ChainForm.ThreeAwaited => "three-awaited",
        _ => "three-pipelined",
    };

    /// <summary>The last part of the settings text, which describes the form of the chain.</summary>
    private protected string FormText => Form switch
    {
        ChainForm.One => "one echo of the payload",
        ChainForm.ThreeAwaited => "three echoes, each of the awaited result of the one before",
        _ => "three echoes, each of the promise of the one before, awaited once",
    };

    /// <summary>Makes all calls of one round trip.</summary>
    private protected static async ValueTask<Payload> CallAsync(
        IRuntimeRpc runtime, Payload payload, ChainForm form, CancellationToken cancellation)
    {
        if (form != ChainForm.ThreePipelined)
        {
            return await runtime.EchoAsync(payload, cancellation);
        }

        var pipelined = (RuntimeRpcStub)runtime;
        using RpcPromise<Payload> first = pipelined.Echo(payload, cancellation);
        using RpcPromise<Payload> second = pipelined.Echo(first, cancellation);
        using RpcPromise<Payload> third = pipelined.Echo(second, cancellation);
        return await third;
    }

    /// <summary>The stub of a chain. Each of its calls runs the whole chain.</summary>
    /// <param name="form">The form of the chain.</param>
    /// <param name="trip">The function that makes one round trip to the runtime.</param>
    /// <param name="traffic">The function that returns the number of bytes sent and received so far.</param>
    /// <param name="dispose">The function that closes the connection.</param>
    private protected sealed class Stub(
        ChainForm form,
        Func<Payload, CancellationToken, ValueTask<Payload>> trip,
        Func<Traffic> traffic,
        Func<ValueTask> dispose) : IRuntimeStub
    {
        public Traffic Traffic => traffic();

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            Payload payload = request.Payload;
            for (int trips = form == ChainForm.ThreeAwaited ? 3 : 1; trips > 0; trips--)
            {
                payload = await trip(payload, cancellation);
            }

            return new ExecuteResponse<Payload>(payload, request.Timestamp, ExecutionTimeMs: 0);
        }

        public ValueTask DisposeAsync() => dispose();
    }
}

/// <summary>A chain of calls over one WebSocket session.</summary>
public abstract class CapnWebSocketChain : CapnWebChain
{
    /// <inheritdoc/>
    public override string Id => $"capnweb-websocket-{FormId}";

    /// <inheritdoc/>
    public override string Settings => $"as capnweb-websocket, {FormText}";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host)
    {
        var connection = CapnWebConnection.ByWebSocket(host.Open(HttpChannels.Loopback));
        return new Stub(
            Form,
            async (payload, cancellation) => await CallAsync(await connection.RuntimeAsync(cancellation), payload, Form, cancellation),
            () => connection.Traffic,
            connection.DisposeAsync);
    }
}

/// <summary>A chain of calls over HTTP batches.</summary>
public abstract class CapnWebBatchChain : CapnWebChain
{
    /// <inheritdoc/>
    public override string Id => $"capnweb-batch-{FormId}";

    /// <inheritdoc/>
    public override string Settings => $"as capnweb-batch, {FormText}";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host)
    {
        var batches = new CapnWebBatches(host.Open(HttpChannels.Loopback));
        return new Stub(
            Form,
            (payload, cancellation) => batches.SendAsync(runtime => CallAsync(runtime, payload, Form, cancellation), cancellation),
            () => batches.Traffic,
            () =>
            {
                batches.Dispose();
                return ValueTask.CompletedTask;
            });
    }
}

/// <inheritdoc cref="ChainForm.One"/>
public sealed class CapnWebSocketOneCall : CapnWebSocketChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.One;
}

/// <inheritdoc cref="ChainForm.ThreeAwaited"/>
public sealed class CapnWebSocketThreeAwaited : CapnWebSocketChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.ThreeAwaited;
}

/// <inheritdoc cref="ChainForm.ThreePipelined"/>
public sealed class CapnWebSocketThreePipelined : CapnWebSocketChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.ThreePipelined;
}

/// <inheritdoc cref="ChainForm.One"/>
public sealed class CapnWebBatchOneCall : CapnWebBatchChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.One;
}

/// <inheritdoc cref="ChainForm.ThreeAwaited"/>
public sealed class CapnWebBatchThreeAwaited : CapnWebBatchChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.ThreeAwaited;
}

/// <inheritdoc cref="ChainForm.ThreePipelined"/>
public sealed class CapnWebBatchThreePipelined : CapnWebBatchChain
{
    /// <inheritdoc/>
    public override ChainForm Form => ChainForm.ThreePipelined;
}
