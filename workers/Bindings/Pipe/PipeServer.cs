using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>
/// The runtime's side of all pipe connections. When the server stops, it refuses new calls and waits until all earlier calls
/// are answered.
/// </summary>
internal sealed class PipeServer : IHostedService
{
    private readonly ILogger<PipeServer> _logger;
    private readonly int _maxFrameBytes;
    private readonly Lock _lock = new();
    private readonly List<PipeSession> _sessions = [];
    private bool _stopped;

    /// <exception cref="UnusableInputException">The configured frame limit is invalid.</exception>
    public PipeServer(IConfiguration configuration, ILogger<PipeServer> logger)
    {
        _logger = logger;
        _maxFrameBytes = FrameLimit.Of(configuration);
    }

    /// <summary>
    /// Opens a connection and returns the caller's end. The runtime serves it until the caller closes it or the server stops.
    /// </summary>
    public PipeConnection Connect(PipeScheduling scheduling)
    {
        (PipeConnection caller, PipeConnection runtime) = PipeConnection.CreatePair(scheduling, _maxFrameBytes);
        var session = new PipeSession(runtime, _logger);
        lock (_lock)
        {
            _sessions.RemoveAll(one => one.Ended.IsCompleted);
            _sessions.Add(session);
            if (!_stopped)
            {
                return caller;
            }
        }

        _ = session.StopAsync(CancellationToken.None);
        return caller;
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        PipeSession[] sessions;
        lock (_lock)
        {
            _stopped = true;
            sessions = [.. _sessions];
        }

        // The lock is released before this line. If the token is already cancelled, StopAsync runs the cancellation callbacks of
        // functions.
        return Task.WhenAll([.. sessions.Select(session => session.StopAsync(cancellationToken))]);
    }

    /// <summary>Registers the pipe server in a runtime worker.</summary>
    internal sealed class Half : IServerHalf
    {
        public static readonly Half Shared = new();

        public void AddServices(IServiceCollection services)
        {
            services.AddSingleton<PipeServer>();
            services.AddHostedService(provider => provider.GetRequiredService<PipeServer>());
        }
    }
}
