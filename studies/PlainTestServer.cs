using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Studies;

/// <summary>
/// A method that does the same work as <c>service-binding</c>, but with default settings: a minimal API, TestServer's client and JSON.
/// The speed study compares the two methods. Logging is off, because writing to the console would take most of the time.
/// </summary>
public sealed class PlainTestServer : IBinding
{
    /// <inheritdoc/>
    public string Id => "plain-test-server";

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [];

    /// <inheritdoc/>
    public string Settings => "minimal API on TestServer, its GetTestClient, PostAsJsonAsync and ReadFromJsonAsync with their defaults";

    /// <inheritdoc/>
    // The kind of channel does not matter, but without a channel the method would count as running in the caller.
    public Channel? Channel => HttpChannels.InMemory;

    /// <inheritdoc/>
    public IServerHalf? Server => null;

    /// <inheritdoc/>
    public IRuntimeStub Connect(IRuntimeHost host) => new Stub();

    private sealed class Stub : IRuntimeStub
    {
        private readonly Task<WebApplication> _app = StartAsync();

        public Traffic Traffic => default;

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            HttpClient client = await ClientAsync();
            using HttpResponseMessage response = await client.PostAsJsonAsync("/execute", request, cancellation);
            response.EnsureSuccessStatusCode();
            Type type = FunctionList.Find(request.FunctionId).ResponseType;
            return (ExecuteResponse)(await response.Content.ReadFromJsonAsync(type, cancellation))!;
        }

        public async ValueTask DisposeAsync()
        {
            WebApplication app = await _app;
            await app.DisposeAsync();
        }

        private HttpClient? _client;

        private async ValueTask<HttpClient> ClientAsync() => _client ??= (await _app).GetTestClient();

        private static async Task<WebApplication> StartAsync()
        {
            WebApplicationBuilder builder = WebApplication.CreateBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseTestServer();
            WebApplication app = builder.Build();
            app.MapPost("/execute", async (ExecuteRequest request, CancellationToken cancellation) =>
            {
                Function function = FunctionList.Find(request.FunctionId);
                ExecuteResponse response = await function.ExecuteAsync(request.Payload, cancellation);
                return Results.Json(response, JsonSerializerOptions.Web, contentType: null, statusCode: null);
            });
            await app.StartAsync();
            return app;
        }
    }
}
