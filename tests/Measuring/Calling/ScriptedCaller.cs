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

/// <summary>What a harness asks a caller for.</summary>
internal sealed record Asked(string Method, string Function, int PayloadBytes, int Calls);

/// <summary>A server where the harness expects a caller worker: it answers as it is told.</summary>
internal sealed class ScriptedCaller : IAsyncDisposable
{
    public const string Methods = """{"methods":["direct","raw-fetch"]}""";

    private readonly WebApplication _app;
    private readonly Func<Asked, HttpContext, Task> _benchmark;
    private readonly (int Status, string Body) _methods;

    private ScriptedCaller(Func<Asked, HttpContext, Task> benchmark, (int Status, string Body) methods)
    {
        (_benchmark, _methods) = (benchmark, methods);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Address { get; private set; } = "";

    /// <summary>A caller that answers /benchmark as it is told.</summary>
    public static async Task<ScriptedCaller> StartAsync(Func<Asked, HttpContext, Task> benchmark, int methodsStatus = 200, string methods = Methods)
    {
        var caller = new ScriptedCaller(benchmark, (methodsStatus, methods));
        await caller._app.StartAsync(TestContext.Current.CancellationToken);
        caller.Address = caller._app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single();
        return caller;
    }

    /// <summary>A caller that answers /benchmark with a text.</summary>
    public static Task<ScriptedCaller> StartAsync(Func<Asked, string> benchmark) =>
        StartAsync((asked, context) => context.Response.WriteAsync(benchmark(asked), context.RequestAborted));

    /// <summary>The answer to a question, with given results in ns.</summary>
    public static string Answer(Asked asked, Func<int, long> ns) => Answer(asked, string.Join(',', Enumerable.Range(0, asked.Calls)
        .Select(call => (ns(call) / 1e6m).ToString("0.000000", CultureInfo.InvariantCulture))));

    /// <summary>The answer to a question, with given results as they stand in JSON.</summary>
    public static string Answer(Asked asked, string results) => new StringBuilder()
        .Append(CultureInfo.InvariantCulture, $"{{\"method\":\"{asked.Method}\",\"functionId\":\"{asked.Function}\",\"payloadSize\":{asked.PayloadBytes},\"iterations\":{asked.Calls},")
        .Append(CultureInfo.InvariantCulture, $"\"min\":0,\"max\":0,\"mean\":0,\"p50\":0,\"p95\":0,\"p99\":0,\"rawResults\":[{results}]}}").ToString();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/methods")
        {
            context.Response.StatusCode = _methods.Status;
            await context.Response.WriteAsync(_methods.Body);
            return;
        }

        Assert.Equal("/benchmark", context.Request.Path);
        IQueryCollection query = context.Request.Query;
        await _benchmark(new Asked(query["method"]!, query["function"]!, Number("payloadSize"), Number("iterations")), context);

        int Number(string name) => int.Parse(query[name]!, CultureInfo.InvariantCulture);
    }
}
