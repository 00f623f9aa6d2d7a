using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.Hostile.Targets;

/// <summary>An ASP.NET Core application that serves a <see cref="Victim"/> on one route.</summary>
internal sealed class Endpoint
{
    public const string Path = "/rpc";

    private readonly ConcurrentQueue<RpcSession> _sessions = new();
    private readonly ConcurrentQueue<Victim> _victims = new();

    /// <param name="socket">The Unix domain socket to listen on. If it is null, the application is not started.</param>
    public Endpoint(string? socket)
    {
        Victim.Register();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (socket is not null)
        {
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        }

        WebApplication app = builder.Build();
        app.MapCapnWeb(Path, _ => CreateVictim(), new RpcEndpointOptions
        {
            Session = RpcSessionOptions.Default with { AllowSynchronousContinuations = true },
            Connected = (_, session) => _sessions.Enqueue(session),
        });
        Services = app.Services;
        Serve = ((IEndpointRouteBuilder)app).DataSources.Single().Endpoints.Single().RequestDelegate!;
        if (socket is not null)
        {
            Blocking.Wait(app.StartAsync());
        }
    }

    public IServiceProvider Services { get; }

    /// <summary>Serves one request.</summary>
    public RequestDelegate Serve { get; }

    /// <summary>Takes the sessions over WebSockets that have begun since the last call.</summary>
    public List<RpcSession> TakeSessions() => Take(_sessions);

    /// <summary>Takes the main objects that were created since the last call.</summary>
    public List<Victim> TakeVictims() => Take(_victims);

    private static List<T> Take<T>(ConcurrentQueue<T> queue)
    {
        var taken = new List<T>();
        while (queue.TryDequeue(out T? one))
        {
            taken.Add(one);
        }

        return taken;
    }

    private Victim CreateVictim()
    {
        var victim = new Victim();
        _victims.Enqueue(victim);
        return victim;
    }
}
