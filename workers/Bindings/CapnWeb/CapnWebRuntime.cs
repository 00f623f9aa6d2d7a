using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Sessions;
using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Serialization;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.CapnWeb;

/// <summary>The runtime's side of all Cap'n Web connections: in memory, over WebSockets and in HTTP batches.</summary>
internal sealed class CapnWebRuntime : IHostedService
{
    /// <summary>The runtime's path for WebSockets and batches.</summary>
    internal const string Path = "/rpc";

    // Both ends serialize values with the source-generated JSON contracts of WireJson.
    internal static readonly RpcSerializer Serializer = new(WireJson.Default.Options);

    private static readonly Target s_target = new();

    private readonly RpcSessionOptions _options;
    private readonly int _maxBodyBytes;
    private readonly Lock _lock = new();
    private readonly List<RpcSession> _sessions = [];
    private bool _isStopped;

    /// <exception cref="UnusableInputException">The configured body limit is invalid.</exception>
    public CapnWebRuntime(IConfiguration configuration, ILogger<CapnWebRuntime> logger)
    {
        _maxBodyBytes = ExecuteEndpoint.MaxBodyBytes(configuration);
        _options = new RpcSessionOptions
        {
            Serializer = Serializer,
            // MaxMessageSize counts UTF-16 code units. The byte limit can be used, because a message never has more code units than bytes.
            Limits = new RpcLimits { MaxMessageSize = _maxBodyBytes },
            OnSendError = error => CapnWebErrors.ToSend(error, logger),
            LeaveMain = true,
        };
    }

    /// <summary>Opens an in-memory connection and returns the caller's end. The runtime serves it until either side closes it.</summary>
    public IRpcTransport Connect()
    {
        (RpcMemoryTransport caller, RpcMemoryTransport runtime) = RpcMemoryTransport.CreatePair();
        RpcSession session = RpcSession.Create<IRuntimeRpc>(runtime, s_target, _options);
        lock (_lock)
        {
            _sessions.RemoveAll(one => one.Completion.IsCompleted);
            _sessions.Add(session);
            if (!_isStopped)
            {
                return caller;
            }
        }

        _ = session.DisposeAsync().AsTask();
        return caller;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        RpcSession[] sessions;
        lock (_lock)
        {
            _isStopped = true;
            sessions = [.. _sessions];
        }

        // The lock is released before this line, because DisposeAsync runs the cancellation callbacks of functions.
        return Task.WhenAll([.. sessions.Select(session => session.DisposeAsync().AsTask())]);
    }

    private sealed class Target : IRuntimeRpc
    {
        public ValueTask<ExecuteResponse<Payload>> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
            RunAsync<Payload>(request, cancellation);

        public ValueTask<ExecuteResponse<ComputeResult>> ComputeAsync(ExecuteRequest request, CancellationToken cancellation) =>
            RunAsync<ComputeResult>(request, cancellation);

        public ValueTask<Payload> EchoAsync(Payload payload, CancellationToken cancellation) => new(payload);

        private static ValueTask<ExecuteResponse<T>> RunAsync<T>(ExecuteRequest request, CancellationToken cancellation)
            where T : notnull
        {
            Function function = FunctionList.Find(request.FunctionId);
            if (function.ResponseType != typeof(ExecuteResponse<T>))
            {
                throw new UnusableInputException(
                    $"'{function.Id}' gives {function.ResponseType}: expected a function that gives {typeof(ExecuteResponse<T>)}.");
            }

            ValueTask<ExecuteResponse> executing = function.ExecuteAsync(request.Payload, cancellation);
            return executing.IsCompletedSuccessfully ? new((ExecuteResponse<T>)executing.Result) : AwaitAsync<T>(executing);
        }

        private static async ValueTask<ExecuteResponse<T>> AwaitAsync<T>(ValueTask<ExecuteResponse> executing)
            where T : notnull => (ExecuteResponse<T>)await executing;
    }

    /// <summary>Registers the Cap'n Web server in a runtime worker.</summary>
    internal sealed class Half : IServerHalf
    {
        public static readonly Half Shared = new();

        public void AddServices(IServiceCollection services)
        {
            services.AddSingleton<CapnWebRuntime>();
            services.AddHostedService(provider => provider.GetRequiredService<CapnWebRuntime>());
        }

        public void Map(IEndpointRouteBuilder endpoints)
        {
            CapnWebRuntime runtime = endpoints.ServiceProvider.GetRequiredService<CapnWebRuntime>();
            var options = new RpcEndpointOptions { Session = runtime._options, MaxBodyBytes = runtime._maxBodyBytes };
            endpoints.MapCapnWeb<IRuntimeRpc>(Path, _ => s_target, options);
        }
    }
}
