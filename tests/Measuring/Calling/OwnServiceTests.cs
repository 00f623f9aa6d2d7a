using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using NJsonSchema;
using NJsonSchema.Validation;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Node;
using WorkerRpc.CallerWorker;
using WorkerRpc.RuntimeWorker;
using WorkerRpc.Tests.CapnWeb.Node;
using WorkerRpc.Tests.Commands;
using WorkerRpc.Tests.Injected;

namespace WorkerRpc.Tests.Measuring.Calling;

/// <summary>Tests the contract of caller workers in docs/own-service, with our caller worker and with the one in Node.</summary>
public sealed class OwnServiceTests : IAsyncLifetime
{
    private static readonly string s_folder = Path.Combine(SourceState.Root, "docs", "own-service");

    private readonly WebApplication _runtime = RuntimeApp.Build(["--urls=http://127.0.0.1:0"]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _runtime.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _runtime.DisposeAsync();

    [Theory(Timeout = 60_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_have_the_schema_of_the_contract(bool inNode)
    {
        await using Service service = await StartAsync(inNode);
        using var client = new HttpClient { BaseAddress = service.Address };

        await RequireAsync(client, "/methods", "/methods", HttpStatusCode.OK);
        foreach (string function in new[] { "echo", "transform", "compute" })
        {
            string query = $"/benchmark?method=raw-fetch&function={function}&payloadSize=1000&iterations=7";
            JsonElement answer = await RequireAsync(client, query, "/benchmark", HttpStatusCode.OK);
            Assert.Equal(7, answer.GetProperty("rawResults").GetArrayLength());
            Assert.Equal(function, answer.GetProperty("functionId").GetString());
        }

        JsonElement unknown = await RequireAsync(client, "/benchmark?method=nothing", "/benchmark", HttpStatusCode.BadRequest);
        Assert.Contains("raw-fetch", unknown.GetProperty("detail").GetString(), StringComparison.Ordinal);
        await RequireAsync(client, "/benchmark?method=raw-fetch&iterations=0", "/benchmark", HttpStatusCode.BadRequest);
        await RequireAsync(client, "/benchmark?method=raw-fetch&function=nothing", "/benchmark", HttpStatusCode.NotFound);
        await _runtime.StopAsync(TestContext.Current.CancellationToken);
        await RequireAsync(client, "/benchmark?method=raw-fetch&iterations=1", "/benchmark", HttpStatusCode.BadGateway);
    }

    [Fact]
    public async Task Caller_in_Node_is_measured()
    {
        await using Service service = await StartAsync(inNode: true);
        using var artifacts = new TemporaryFolder();

        Outcome outcome = await Outcome.OfAsync(
            "--caller-url", service.Address.ToString(), "--artifacts", artifacts.Root, "--iterations", "1000",
            "--filter", "raw-fetch/*/1KB",
            // The assembly shortens the warm-up.
            "--bindings", typeof(InjectedWarmUpAttribute).Assembly.Location);

        // A noisy machine gives no verdict.
        Assert.True(outcome.Code is 0 or 4, $"{outcome.Code}: {outcome.Error}{outcome.Output}");
        RunReport report = RunReportJson.Read(artifacts.File("results/report.json"));
        Assert.Equal(6, report.Cases.Count);
        Assert.All(report.Cases, one => Assert.Equal((0, 1000), (one.Failures.Count, Assert.Single(one.Passes).Calls)));
    }

    private static async Task<JsonElement> RequireAsync(HttpClient client, string path, string documented, HttpStatusCode status)
    {
        using HttpResponseMessage response = await client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        string body = await response.Content.ReadAsStringAsync(Cancellation);

        Assert.True(response.StatusCode == status, $"{path}: {(int)response.StatusCode} {body}");
        JsonElement contract = JsonElement.Parse(await File.ReadAllTextAsync(Path.Combine(s_folder, "openapi.json"), Cancellation));
        JsonElement content = contract.GetProperty("paths").GetProperty(documented).GetProperty("get").GetProperty("responses")
            .GetProperty(status == HttpStatusCode.OK ? "200" : "default").GetProperty("content");
        JsonProperty type = content.EnumerateObject().Single();
        Assert.Equal(type.Name, response.Content.Headers.ContentType!.MediaType);
        JsonSchema schema = await JsonSchema.FromJsonAsync(type.Value.GetProperty("schema").GetRawText(), Cancellation);
        ICollection<ValidationError> errors = schema.Validate(body);
        Assert.True(errors.Count == 0, $"{path}: {string.Join("; ", errors)}");
        return JsonElement.Parse(body);
    }

    private async Task<Service> StartAsync(bool inNode)
    {
        Uri runtime = KestrelAddress.Of(_runtime.Services);
        if (inNode)
        {
            await NodePeer.RequireNodeAsync();
            var node = NodeProcess.StartProgram(Path.Combine(s_folder, "caller.mjs"), "0", runtime.ToString());
            return new Service(new Uri(await node.ReadLineAsync(Cancellation)), node);
        }

        WebApplication caller = CallerApp.Build(["--urls=http://127.0.0.1:0", $"--RUNTIME_URL={runtime}"]);
        await caller.StartAsync(Cancellation);
        return new Service(KestrelAddress.Of(caller.Services), caller);
    }

    private sealed record Service(Uri Address, IAsyncDisposable Process) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Process.DisposeAsync();
    }
}
