using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Grpc;

/// <summary>The caller's stub for all gRPC bindings: makes unary calls through an HTTP handler.</summary>
internal sealed class GrpcStub : IRuntimeStub
{
    private readonly Uri _runtime;
    private readonly GrpcChannel _channel;
    private readonly CallInvoker _invoker;
    private readonly Method<Messages.ExecuteRequest, Messages.ExecuteResponse> _execute;
    private long _sentBytes;
    private long _receivedBytes;

    /// <param name="runtime">The runtime's address.</param>
    /// <param name="handler">The HTTP handler, which the stub disposes.</param>
    public GrpcStub(Uri runtime, HttpMessageHandler handler)
    {
        _runtime = runtime;
        // All calls share one channel, as gRPC recommends.
        // https://learn.microsoft.com/aspnet/core/grpc/performance#reuse-grpc-channels
        _channel = GrpcChannel.ForAddress(runtime, new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            // The size limit of a response is the same as in the other HTTP callers. The default of 4 MB is too low, because the echo of
            // the longest request is larger.
            // https://learn.microsoft.com/aspnet/core/grpc/configuration#configure-client-options
            MaxReceiveMessageSize = ExecuteEndpoint.MaxBodyBounds.Max,
        });
        _invoker = _channel.CreateCallInvoker();
        // This call is like a call of the generated client, but its marshallers also count the bytes. Computing the sizes from the
        // messages afterwards would take as long as encoding the messages.
        _execute = new(
            MethodType.Unary,
            Messages.Runtime.Descriptor.FullName,
            nameof(GrpcService.Execute),
            Marshallers.Create<Messages.ExecuteRequest>(Write, static _ => throw new NotSupportedException()),
            Marshallers.Create<Messages.ExecuteResponse>(static (_, _) => throw new NotSupportedException(), Read));
    }

    public Traffic Traffic => new(Interlocked.Read(ref _sentBytes), Interlocked.Read(ref _receivedBytes));

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
        ExecuteAsync(request, new CallOptions(cancellationToken: cancellation));

    // gRPC sends the deadline to the runtime. The runtime then stops the function when the deadline has passed by its own clock.
    // https://learn.microsoft.com/aspnet/core/grpc/deadlines-cancellation#deadlines
    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, TimeSpan deadline, CancellationToken cancellation)
    {
        DateTimeOffset end = DateTimeOffset.UtcNow + deadline;
        try
        {
            return await ExecuteAsync(request, new CallOptions(deadline: end.UtcDateTime, cancellationToken: cancellation));
        }
        // The runtime may notice before the caller that the deadline has passed. It then resets the call, and TestServer reports a
        // connection failure. So a connection failure after the deadline is reported as a timeout.
        catch (Exception e) when (e is RuntimeErrorException { Status: StatusCodes.Status504GatewayTimeout }
            || (e is RuntimeUnreachableException && DateTimeOffset.UtcNow >= end))
        {
            throw Deadline.Exceeded(deadline, e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CallOptions options)
    {
        Function function = FunctionList.Find(request.FunctionId);
        Messages.ExecuteResponse answer;
        try
        {
            answer = await _invoker.AsyncUnaryCall(_execute, host: null, options, GrpcMapping.ToMessage(request));
        }
        catch (RpcException e)
        {
            throw GrpcErrors.Of(e, _runtime, options.CancellationToken);
        }

        return GrpcMapping.FromMessage(answer, function);
    }

    private void Write(Messages.ExecuteRequest message, SerializationContext context)
    {
        int bytes = message.CalculateSize();
        Interlocked.Add(ref _sentBytes, bytes);
        context.SetPayloadLength(bytes);
        message.WriteTo(context.GetBufferWriter());
        context.Complete();
    }

    private Messages.ExecuteResponse Read(DeserializationContext context)
    {
        Interlocked.Add(ref _receivedBytes, context.PayloadLength);
        return Messages.ExecuteResponse.Parser.ParseFrom(context.PayloadAsReadOnlySequence());
    }
}
