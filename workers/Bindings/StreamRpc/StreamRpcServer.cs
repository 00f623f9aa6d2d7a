using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StreamJsonRpc;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>The runtime's side of all StreamJsonRpc connections. When the server stops, it closes all connections.</summary>
internal sealed class StreamRpcServer : IHostedService
{
    private readonly ILogger<StreamRpcServer> _logger;
    private readonly int _maxMessageBytes;
    private readonly Lock _lock = new();
    private readonly List<JsonRpc> _connections = [];
    private bool _stopped;

    /// <exception cref="UnusableInputException">The configured message limit is invalid.</exception>
    public StreamRpcServer(IConfiguration configuration, ILogger<StreamRpcServer> logger)
    {
        _logger = logger;
        _maxMessageBytes = FrameLimit.Of(configuration);
    }

    /// <summary>
    /// Opens a connection and returns the caller's end. The runtime serves it until the caller closes it or the server stops.
    /// </summary>
    public StreamRpcConnection Connect()
    {
        (StreamRpcConnection caller, IDuplexPipe pipe, StreamRpcFormatter formatter) = StreamRpcConnection.Create(_maxMessageBytes);
        JsonRpc rpc = CreateRpc(pipe, formatter);
        // If a caller disconnects, its functions are cancelled, because nobody reads their answers.
        // https://microsoft.github.io/vs-streamjsonrpc/docs/resiliency.html#responding-to-unexpected-disconnection
        rpc.CancelLocallyInvokedMethodsWhenConnectionIsClosed = true;
        rpc.AddLocalRpcTarget<IRuntimeRpc>(new Target(formatter, _logger), options: null);
        rpc.StartListening();
        lock (_lock)
        {
            _connections.RemoveAll(one => one.IsDisposed);
            _connections.Add(rpc);
            if (!_stopped)
            {
                return caller;
            }
        }

        rpc.Dispose();
        return caller;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _stopped = true;
            _connections.ForEach(rpc => rpc.Dispose());
        }

        return Task.CompletedTask;
    }

    /// <summary>Creates one end of a connection, for the caller or for the runtime. The end does not read messages yet.</summary>
    internal static JsonRpc CreateRpc(IDuplexPipe pipe, StreamRpcFormatter formatter) =>
        // According to the library, this is its fastest message handler for pipes.
        // https://microsoft.github.io/vs-streamjsonrpc/docs/extensibility.html#message-handlers
        new(new LengthHeaderMessageHandler(pipe, formatter))
        {
            // Each call runs separately on the thread pool, and the order of calls is not preserved. The library calls this
            // "maximum throughput".
            // https://microsoft.github.io/vs-streamjsonrpc/docs/resiliency.html#default-ordering-and-concurrency-behavior
            SynchronizationContext = null,
        };

    private sealed class Target(StreamRpcFormatter formatter, ILogger logger) : IRuntimeRpc
    {
        public async Task<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            try
            {
                Function function = FunctionList.Find(request.FunctionId);
                ExecuteResponse response = await function.ExecuteAsync(request.Payload, cancellation);
                formatter.Check(response, function);
                return response;
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                int status = e is FrameTooLongException ? StatusCodes.Status500InternalServerError : Problems.StatusOf(e);
                if (status == StatusCodes.Status500InternalServerError)
                {
                    Problems.LogUnexpected(logger, nameof(StreamRpcServer), e);
                }

                // The library sends an error code only if the function throws a LocalRpcException.
                // https://microsoft.github.io/vs-streamjsonrpc/docs/exceptions.html#server-side-concerns
                throw new LocalRpcException(e.Message, e) { ErrorCode = status };
            }
        }
    }

    /// <summary>Registers the StreamJsonRpc server in a runtime worker.</summary>
    internal sealed class Half : IServerHalf
    {
        public static readonly Half Shared = new();

        public void AddServices(IServiceCollection services)
        {
            services.AddSingleton<StreamRpcServer>();
            services.AddHostedService(provider => provider.GetRequiredService<StreamRpcServer>());
        }
    }
}
