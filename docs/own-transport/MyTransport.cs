using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

public sealed class MyTransport : IBinding
{
    public string Id => "my-transport";

    public IReadOnlyList<string> Tags => [];

    // Reports show this line: name every setting that changes the cost.
    public string Settings => "HttpClient with its defaults, HTTP/1.1 over loopback, JSON";

    public Channel? Channel => HttpChannels.Loopback;

    public IServerHalf Server { get; } = new RuntimeHalf();

    public IRuntimeStub Connect(IRuntimeHost host) => new CallerHalf(new Uri(host.Open(HttpChannels.Loopback), "/my-transport"));

    private sealed class RuntimeHalf : IServerHalf
    {
        public void Map(IEndpointRouteBuilder endpoints) => endpoints.MapPost("/my-transport", async (HttpContext context) =>
        {
            var request = await context.Request.ReadFromJsonAsync(WireJson.Default.ExecuteRequest, context.RequestAborted);
            Function function = FunctionList.Find(request!.FunctionId);
            ExecuteResponse response = await function.ExecuteAsync(request.Payload, context.RequestAborted);
            await context.Response.WriteAsJsonAsync(response, WireJson.Default.GetTypeInfo(function.ResponseType)!);
        });
    }

    private sealed class CallerHalf(Uri address) : IRuntimeStub
    {
        private readonly HttpClient _client = new();
        private long _sent, _received;

        public Traffic Traffic => new(Interlocked.Read(ref _sent), Interlocked.Read(ref _received));

        public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            byte[] body = JsonSerializer.SerializeToUtf8Bytes(request, WireJson.Default.ExecuteRequest);
            Interlocked.Add(ref _sent, body.Length);
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } };
            using HttpResponseMessage answer = await _client.PostAsync(address, content, cancellation);
            byte[] json = await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(cancellation);
            Interlocked.Add(ref _received, json.Length);
            Type type = FunctionList.Find(request.FunctionId).ResponseType;
            return (ExecuteResponse)JsonSerializer.Deserialize(json, WireJson.Default.GetTypeInfo(type)!)!;
        }

        public ValueTask DisposeAsync()
        {
            _client.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
