using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Http.Inline;

namespace WorkerRpc.Tests.Bindings.InMemory;

/// <summary>A server under test whose requests arrive in memory.</summary>
public abstract class InMemoryServer
{
    /// <summary>Starts an application that consists of one delegate.</summary>
    internal async Task<HostedApplication> HostAsync(RequestDelegate run, Action<IServiceCollection>? addServices = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        addServices?.Invoke(builder.Services);
        Register(builder);
        WebApplication application = builder.Build();
        application.Run(run);
        await application.StartAsync(TestContext.Current.CancellationToken);
        return new HostedApplication(application, HandlerOf(application));
    }

    protected abstract void Register(WebApplicationBuilder builder);

    protected abstract HttpMessageHandler HandlerOf(WebApplication application);
}

/// <summary>Base class of tests against one in-memory server.</summary>
public abstract class InMemoryServerTests(InMemoryServer server) : IAsyncDisposable
{
    /// <summary>The time in milliseconds after which a test counts as hanging.</summary>
    protected const int HangMs = 30_000;

    private readonly List<HostedApplication> _hosted = [];

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (HostedApplication hosted in _hosted)
        {
            await hosted.DisposeAsync();
        }
    }

    protected static string Ordered(HttpHeaders headers) =>
        string.Join("; ", headers.OrderBy(header => header.Key).Select(header => $"{header.Key}: {string.Join(", ", header.Value)}"));

    protected static async Task<string> ReadToEndAsync(HttpResponseMessage response)
    {
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancellation));
        return await reader.ReadToEndAsync(Cancellation);
    }

    private protected async Task<HostedApplication> HostAsync(RequestDelegate run, Action<IServiceCollection>? addServices = null)
    {
        HostedApplication hosted = await server.HostAsync(run, addServices);
        _hosted.Add(hosted);
        return hosted;
    }
}

/// <summary>Runs tests against TestServer.</summary>
public sealed class UsingTestServer : InMemoryServer
{
    protected override void Register(WebApplicationBuilder builder) => builder.WebHost.UseTestServer();

    protected override HttpMessageHandler HandlerOf(WebApplication application) => application.GetTestServer().CreateHandler();
}

/// <summary>Runs tests against <see cref="InlineServer"/>.</summary>
public sealed class UsingInlineServer : InMemoryServer
{
    protected override void Register(WebApplicationBuilder builder) => builder.Services.AddSingleton<IServer, InlineServer>();

    protected override HttpMessageHandler HandlerOf(WebApplication application) =>
        ((InlineServer)application.Services.GetRequiredService<IServer>()).CreateHandler();
}

/// <summary>An application and its client, which neither follows redirects nor buffers.</summary>
internal sealed class HostedApplication(WebApplication application, HttpMessageHandler handler) : IAsyncDisposable
{
    private readonly HttpMessageInvoker _client = new(handler);

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _client.SendAsync(request, cancellation);

    public Task<HttpResponseMessage> GetAsync(string pathAndQuery = "/") =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, "http://runtime" + pathAndQuery), TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> PostAsync(HttpContent content) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "http://runtime/") { Content = content }, TestContext.Current.CancellationToken);

    public async Task<string> GetStringAsync(string pathAndQuery = "/")
    {
        using HttpResponseMessage response = await GetAsync(pathAndQuery);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await application.DisposeAsync();
    }
}

/// <summary>Request content that a delegate of the test writes. The length is unknown unless the test sets it.</summary>
internal sealed class WrittenContent(Func<Stream, Task> write) : HttpContent
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the delegate, and fails with its exception.</summary>
    public Task Ended => _ended.Task;

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
    {
        try
        {
            await write(stream);
            _ended.SetResult();
        }
        catch (Exception e)
        {
            _ended.SetException(e);
            throw;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
