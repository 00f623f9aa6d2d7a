using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Mvc.Testing;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.CallerWorker;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.CallerWorker;

/// <summary>Tests a caller worker in its own process whose runtime is unreachable, slow or broken.</summary>
public class RuntimeFailureTests
{
    private const string TooLong = "99999999999999999999";

    public static TheoryData<string, string> BrokenAnswers => new()
    {
        { "nothing", "" },
        { "no HTTP", "hello\r\n\r\n" },
        { "no JSON", Answer("200 OK", "hello") },
        { "JSON null", Answer("200 OK", "null") },
        { "no response", Answer("200 OK", "{}") },
        { "a response without result", Answer("200 OK", """{"result":null,"runtimeTimestamp":1,"executionTimeMs":1}""") },
        {
            "text that is not UTF-8",
            Answer("200 OK", """{"result":{"data":"ÿ","metadata":{"timestamp":1}},"runtimeTimestamp":1,"executionTimeMs":1}""")
        },
        { "a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{" },
        { "a body of 2 GB announced", "HTTP/1.1 200 OK\r\nContent-Length: 2147483646\r\n\r\n{" },
        { "a body of 10 GB announced", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999\r\n\r\n{" },
        { "a length that is no number", $"HTTP/1.1 200 OK\r\nContent-Length: {TooLong}\r\n\r\n{{" },
        { "a redirect", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n" },
        { "an error without words", Answer("500 Internal Server Error", "") },
        { "an error in other words", Answer("503 Service Unavailable", "<html>") },
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/execute")]
    [InlineData("/benchmark?iterations=3")]
    public async Task Unreachable_runtime_is_502_with_its_address(string path)
    {
        // The socket is bound but does not listen: nobody else can take the port, and connections to it are refused.
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new Uri($"http://{refusing.LocalEndPoint}");
        await using WebApplicationFactory<CallerApp> caller = Caller(address);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, path));

        Assert.Contains($"{address} cannot be reached", detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(BrokenAnswers))]
    public async Task Invalid_answer_of_the_runtime_is_502(string what, string answer)
    {
        Assert.NotEmpty(what);
        await using var runtime = new ScriptedRuntime(answer);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);

        HttpResponseMessage response = await GetAsync(caller, "/execute", TestContext.Current.CancellationToken);
        await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, response);
    }

    [Theory]
    [InlineData("/execute")]
    [InlineData("/benchmark?iterations=3")]
    public async Task Wrong_answer_of_the_runtime_is_502_with_the_call_and_the_difference(string path)
    {
        const string Lie = """{"result":{"data":"a lie","metadata":{"timestamp":1}},"runtimeTimestamp":1,"executionTimeMs":1}""";
        await using var runtime = new ScriptedRuntime(Answer("200 OK", Lie));
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, path));

        Assert.StartsWith("Call 1 by raw-fetch gave a wrong answer: at character ", detail, StringComparison.Ordinal);
        Assert.Contains("a lie", detail, StringComparison.Ordinal);
        Assert.Contains("expected '", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runtime_error_is_502_with_its_status_and_detail()
    {
        await using var runtime = new ScriptedRuntime(Answer("418 I'm a teapot", """{"status":418,"detail":"Short and stout."}"""));
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, "/execute"));

        Assert.Equal("The runtime answered 418: Short and stout.", detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task Timeout_is_504_with_the_name_of_the_setting()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var runtime = new ScriptedRuntime(answer: null);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address, timeoutSeconds: "0.25");

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.GatewayTimeout, await GetAsync(caller, "/execute", cancellation));

        Assert.Equal("raw-fetch got no answer from the runtime within 0.25 s (CALL_TIMEOUT_SECONDS).", detail);
        await runtime.CallerClosed.WaitAsync(cancellation);
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancelled_request_closes_the_connection_to_the_runtime()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var runtime = new ScriptedRuntime(answer: null);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<HttpResponseMessage> call = GetAsync(caller, "/execute", client.Token);
        await runtime.RequestArrived.WaitAsync(cancellation);
        Assert.False(runtime.CallerClosed.IsCompleted);

        await client.CancelAsync();

        await runtime.CallerClosed.WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task Lone_caller_offers_only_methods_over_loopback()
    {
        await using WebApplicationFactory<CallerApp> caller = Caller(new Uri("http://127.0.0.1:1"));

        string unknown = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(caller, "/execute?method=nothing"));
        string notHere = await AnswerAssert.ProblemAsync(
            HttpStatusCode.BadRequest, await GetAsync(caller, "/execute?method=service-binding"));

        const string Known =
            "direct, raw-fetch, capnweb-websocket, capnweb-batch, raw-fetch-new-connection, raw-fetch-gzip, raw-fetch-brotli";
        Assert.Equal($"Unknown method 'nothing'. Known: {Known}.", unknown);
        Assert.Equal($"Unknown method 'service-binding'. Known: {Known}.", notHere);
        HttpResponseMessage methods = await GetAsync(caller, "/methods");
        Assert.Equal(
            $$"""{"methods":["{{Known.Replace(", ", "\",\"", StringComparison.Ordinal)}}"]}""",
            await methods.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Answer(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static WebApplicationFactory<CallerApp> Caller(Uri runtime, string timeoutSeconds = "30") =>
        new WorkerFactory<CallerApp>(bindingsAssembly: null).WithWebHostBuilder(builder => builder
            .UseSetting("RUNTIME_URL", runtime.ToString())
            .UseSetting("CALL_TIMEOUT_SECONDS", timeoutSeconds));

    private static async Task<HttpResponseMessage> GetAsync(
        WebApplicationFactory<CallerApp> caller, string path, CancellationToken? cancellation = null)
    {
        using HttpClient client = caller.CreateClient();
        return await client.GetAsync(path, cancellation ?? Cancellation);
    }
}
