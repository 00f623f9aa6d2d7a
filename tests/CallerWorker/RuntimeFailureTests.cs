using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Mvc.Testing;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.CallerWorker;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.CallerWorker;

/// <summary>A caller worker that runs alone, before a runtime that is away, slow or broken.</summary>
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
        { "text that is not UTF-8", Answer("200 OK", """{"result":{"data":"ÿ","metadata":{"timestamp":1}},"runtimeTimestamp":1,"executionTimeMs":1}""") },
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
    public async Task A_runtime_that_cannot_be_reached_is_502_and_its_address_is_named(string path)
    {
        // Bound and not listening: nobody else can take the port, and it refuses.
        using var refusing = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        refusing.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var address = new Uri($"http://{refusing.LocalEndPoint}");
        await using WebApplicationFactory<CallerApp> caller = Caller(address);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, path));

        Assert.Contains($"{address} cannot be reached", detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(BrokenAnswers))]
    public async Task A_runtime_that_answers_what_is_no_response_is_502(string what, string answer)
    {
        Assert.NotEmpty(what);
        await using var runtime = new ScriptedRuntime(answer);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);

        await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, "/execute", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task An_error_of_the_runtime_is_502_with_the_runtimes_own_status_and_words()
    {
        await using var runtime = new ScriptedRuntime(Answer("418 I'm a teapot", """{"status":418,"detail":"Short and stout."}"""));
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadGateway, await GetAsync(caller, "/execute"));

        Assert.Equal("The runtime answered 418: Short and stout.", detail);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_runtime_that_does_not_answer_in_time_is_504_and_the_setting_is_named()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var runtime = new ScriptedRuntime(answer: null);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address, timeoutSeconds: "0.25");

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.GatewayTimeout, await GetAsync(caller, "/execute", cancellation));

        Assert.Equal("raw-fetch got no answer from the runtime within 0.25 s (CALL_TIMEOUT_SECONDS).", detail);
        await runtime.CallerClosed.WaitAsync(cancellation);
    }

    [Fact(Timeout = 30_000)]
    public async Task A_client_that_gives_up_closes_the_connection_to_the_runtime()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        await using var runtime = new ScriptedRuntime(answer: null);
        await using WebApplicationFactory<CallerApp> caller = Caller(runtime.Address);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        Task<HttpResponseMessage> call = GetAsync(caller, "/execute", client.Token);
        await runtime.Asked.WaitAsync(cancellation);
        Assert.False(runtime.CallerClosed.IsCompleted);

        await client.CancelAsync();

        await runtime.CallerClosed.WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_caller_alone_offers_and_names_only_the_methods_that_reach_the_runtime_from_there()
    {
        await using WebApplicationFactory<CallerApp> caller = Caller(new Uri("http://127.0.0.1:1"));

        string unknown = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(caller, "/execute?method=nothing"));
        string notHere = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(caller, "/execute?method=service-binding"));

        Assert.Equal("Unknown method 'nothing'. Known: direct, raw-fetch, capnweb-websocket, capnweb-batch, raw-fetch-new-connection, raw-fetch-gzip, raw-fetch-brotli.", unknown);
        Assert.Equal("Unknown method 'service-binding'. Known: direct, raw-fetch, capnweb-websocket, capnweb-batch, raw-fetch-new-connection, raw-fetch-gzip, raw-fetch-brotli.", notHere);
        HttpResponseMessage methods = await GetAsync(caller, "/methods");
        Assert.Equal("""{"methods":["direct","raw-fetch","capnweb-websocket","capnweb-batch","raw-fetch-new-connection","raw-fetch-gzip","raw-fetch-brotli"]}""", await methods.Content.ReadAsStringAsync(Cancellation));
    }

    private static string Answer(string status, string body) =>
        $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static WebApplicationFactory<CallerApp> Caller(Uri runtime, string timeoutSeconds = "30") =>
        new WorkerFactory<CallerApp>(bindingsAssembly: null).WithWebHostBuilder(builder => builder
            .UseSetting("RUNTIME_URL", runtime.ToString())
            .UseSetting("CALL_TIMEOUT_SECONDS", timeoutSeconds));

    private static async Task<HttpResponseMessage> GetAsync(WebApplicationFactory<CallerApp> caller, string path, CancellationToken? cancellation = null)
    {
        using HttpClient client = caller.CreateClient();
        return await client.GetAsync(path, cancellation ?? Cancellation);
    }
}
