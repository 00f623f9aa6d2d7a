using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace WorkerRpc.Tests.Measuring.Calling;

/// <summary>A request to /benchmark of a caller worker.</summary>
internal sealed record BenchmarkRequest(string Method, string Function, int PayloadBytes, int Calls, string? PayloadKind = null);

/// <summary>A fake caller worker. The test decides its answers.</summary>
internal sealed class ScriptedCaller : IAsyncDisposable
{
    public const string Methods = """{"methods":["direct","raw-fetch"]}""";

    private readonly WebApplication _app;
    private readonly Func<BenchmarkRequest, HttpContext, Task> _benchmark;
    private readonly (int Status, string Body) _methods;
    private readonly string[] _executes;

    private ScriptedCaller(Func<BenchmarkRequest, HttpContext, Task> benchmark, (int Status, string Body) methods, string[] executes)
    {
        (_benchmark, _methods, _executes) = (benchmark, methods, executes);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Address { get; private set; } = "";

    /// <summary>
    /// Starts a caller worker whose answers to /benchmark a function writes. Its /execute makes calls only by the given methods.
    /// </summary>
    public static async Task<ScriptedCaller> StartAsync(
        Func<BenchmarkRequest, HttpContext, Task> benchmark, int methodsStatus = 200, string methods = Methods, string[]? executes = null)
    {
        var caller = new ScriptedCaller(benchmark, (methodsStatus, methods), executes ?? []);
        await caller._app.StartAsync(TestContext.Current.CancellationToken);
        IServer server = caller._app.Services.GetRequiredService<IServer>();
        caller.Address = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return caller;
    }

    /// <summary>Starts a caller worker that answers /benchmark with a text.</summary>
    public static Task<ScriptedCaller> StartAsync(Func<BenchmarkRequest, string> benchmark) =>
        StartAsync((request, context) => context.Response.WriteAsync(benchmark(request), context.RequestAborted));

    /// <summary>Creates the answer to a request from the duration of each call, in ns.</summary>
    public static string Answer(BenchmarkRequest request, Func<int, long> ns) => Answer(request, string.Join(
        ',', Enumerable.Range(0, request.Calls).Select(call => (ns(call) / 1e6m).ToString("0.000000", CultureInfo.InvariantCulture))));

    /// <summary>Creates the answer to a request from results in JSON.</summary>
    public static string Answer(BenchmarkRequest request, string results) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"{{\"method\":\"{request.Method}\",\"functionId\":\"{request.Function}\",")
        .Append(CultureInfo.InvariantCulture, $"\"payloadSize\":{request.PayloadBytes},\"iterations\":{request.Calls},")
        .Append("\"min\":0,\"max\":0,\"mean\":0,\"p50\":0,\"p95\":0,\"p99\":0,")
        .Append(CultureInfo.InvariantCulture, $"\"rawResults\":[{results}]}}")
        .ToString();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/methods")
        {
            context.Response.StatusCode = _methods.Status;
            await context.Response.WriteAsync(_methods.Body);
            return;
        }

        IQueryCollection query = context.Request.Query;
        if (context.Request.Path == "/execute")
        {
            string method = query["method"].ToString();
            bool isKnown = _executes.Contains(method);
            context.Response.StatusCode = isKnown ? 200 : 400;
            await context.Response.WriteAsync(isKnown ? $"{{\"method\":\"{method}\"}}" : "Invalid method");
            return;
        }

        Assert.Equal("/benchmark", context.Request.Path);
        var request = new BenchmarkRequest(
            query["method"]!, query["function"]!, Number("payloadSize"), Number("iterations"), query["payloadKind"]);
        await _benchmark(request, context);

        int Number(string name) => int.Parse(query[name]!, CultureInfo.InvariantCulture);
    }
}
