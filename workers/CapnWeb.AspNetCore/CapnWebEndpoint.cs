using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>Serves Cap'n Web on a route. Clients send batches by POST, or open a WebSocket.</summary>
public static class CapnWebEndpoint
{
    /// <summary>Serves a service of the dependency injection container. Each connection gets its own instance from its own scope.</summary>
    /// <typeparam name="T">The type of the service. Peers can call its RPC members.</typeparam>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The pattern of the new route.</param>
    /// <param name="options">The settings. If it is null, the defaults apply.</param>
    /// <exception cref="ArgumentException">
    /// <typeparamref name="T"/> has no contract, because it has no member that a peer can call.
    /// </exception>
    public static IEndpointConventionBuilder MapCapnWeb<T>(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, RpcEndpointOptions? options = null)
        where T : class => endpoints.MapCapnWeb(pattern, context => context.RequestServices.GetRequiredService<T>(), options);

    /// <summary>Serves an object that a function creates for each connection. The application disposes it, if needed.</summary>
    /// <inheritdoc cref="MapCapnWeb{T}(IEndpointRouteBuilder, string, RpcEndpointOptions)"/>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="pattern">The pattern of the new route.</param>
    /// <param name="main">A function that creates the object from the connection's request, for example from its user.</param>
    /// <param name="options">The settings. If it is null, the defaults apply.</param>
    public static IEndpointConventionBuilder MapCapnWeb<T>(
        this IEndpointRouteBuilder endpoints,
        [StringSyntax("Route")] string pattern,
        Func<HttpContext, T> main,
        RpcEndpointOptions? options = null)
        where T : class
    {
        RpcEndpointOptions settings = options ?? new();
        IServiceProvider services = endpoints.ServiceProvider;
        var server = new CapnWebServer(
            RpcContract.Find(typeof(T)),
            main,
            settings with
            {
                Session = settings.Session with
                {
                    LeaveMain = true,
                    EnableDetailedErrors = settings.Session.EnableDetailedErrors
                        ?? services.GetRequiredService<IHostEnvironment>().IsDevelopment(),
                    LoggerFactory = settings.Session.LoggerFactory ?? services.GetService<ILoggerFactory>(),
                },
                WebSocket = settings.WebSocket with { MaxMessageSize = settings.Session.Limits.MaxMessageSize },
            },
            endpoints.CreateApplicationBuilder(),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        return endpoints.Map(pattern, server.ServeAsync).WithDisplayName($"Cap'n Web {pattern}");
    }
}
