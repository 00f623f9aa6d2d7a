using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.Sessions;

namespace WorkerRpc.CapnWeb.AspNetCore;

/// <summary>Serves Cap'n Web on a route: batches by POST, and WebSockets.</summary>
public static class CapnWebEndpoint
{
    /// <summary>Serves an object of the container's: one for each connection, from a scope that ends with it.</summary>
    /// <typeparam name="T">The service; also what of it a peer can call.</typeparam>
    /// <param name="endpoints">Where to add the route.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="options">Null: all defaults.</param>
    /// <exception cref="ArgumentException">Nothing is known that a peer could call on <typeparamref name="T"/>.</exception>
    public static IEndpointConventionBuilder MapCapnWeb<T>(
        this IEndpointRouteBuilder endpoints, [StringSyntax("Route")] string pattern, RpcEndpointOptions? options = null)
        where T : class => endpoints.MapCapnWeb(pattern, context => context.RequestServices.GetRequiredService<T>(), options);

    /// <summary>As the other, with an object that is made for each connection. It is whoever made it that disposes it.</summary>
    /// <inheritdoc cref="MapCapnWeb{T}(IEndpointRouteBuilder, string, RpcEndpointOptions)"/>
    /// <param name="endpoints">Where to add the route.</param>
    /// <param name="pattern">The route.</param>
    /// <param name="main">Gives the object, of the request that makes the connection: who calls is known from it.</param>
    /// <param name="options">Null: all defaults.</param>
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
                    LoggerFactory = settings.Session.LoggerFactory ?? services.GetService<ILoggerFactory>(),
                },
                WebSocket = settings.WebSocket with { MaxMessageSize = settings.Session.Limits.MaxMessageSize },
            },
            endpoints.CreateApplicationBuilder(),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        return endpoints.Map(pattern, server.ServeAsync).WithDisplayName($"Cap'n Web {pattern}");
    }
}
