using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.CapnWeb.AspNetCore;

namespace WorkerRpc.Tests.CapnWeb.Interop;

/// <summary>Serves the interop target with this library.</summary>
internal sealed class InteropServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InteropServer(WebApplication app) => _app = app;

    public Uri WebSocket => new UriBuilder(Batch) { Scheme = Uri.UriSchemeWs }.Uri;

    public Uri Batch =>
        new(new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/rpc");

    public HandedOut HandedOut => _app.Services.GetRequiredService<HandedOut>();

    public static async Task<InteropServer> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<HandedOut>().AddScoped<InteropTarget>();
        WebApplication app = builder.Build();
        app.MapCapnWeb<IInterop>("/rpc", context => context.RequestServices.GetRequiredService<InteropTarget>(), new RpcEndpointOptions
        {
            Connected = (context, session) => context.RequestServices.GetRequiredService<InteropTarget>().Session.SetResult(session),
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new InteropServer(app);
    }

    /// <summary>Stops the server. Every connection then ends and disposes its targets.</summary>
    public Task StopAsync() => _app.StopAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
