using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;
using WorkerRpc.Tests.Bindings;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.CallerWorker;

/// <summary>Tests the caller worker's endpoints in a launch, which offers every method.</summary>
public class CallerEndpointTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private const long Now = 1_700_000_000_000;

    private static readonly string[] s_executeMembers =
        ["method", "callerStartTime", "callerEndTime", "totalLatencyMs", "runtimeExecutionMs", "payloadSize", "functionId"];

    private static readonly string[] s_benchmarkMembers =
        ["method", "functionId", "payloadSize", "iterations", "min", "max", "mean", "p50", "p95", "p99", "rawResults"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static MatrixTheoryData<string, string> EveryMethodAndFunction => new(LaunchFixture.Methods, LaunchFixture.Functions);

    public static TheoryData<PayloadKind> EveryKind => [.. PayloadKinds.All];

    public static TheoryData<string> EveryMethod => [.. LaunchFixture.Methods];

    public static TheoryData<string> EveryMethodWithoutExemption =>
        [.. LaunchFixture.InlineMethods.Concat(LaunchFixture.DelegatingMethods)];

    [Fact]
    public async Task Health_names_the_worker()
    {
        using HttpClient client = launch.Host.CreateCallerClient();

        Assert.Equal("""{"status":"ok","worker":"caller"}""", await client.GetStringAsync("/health", Cancellation));
    }

    [Fact]
    public async Task Methods_lists_all_methods_of_the_launch()
    {
        JsonElement answer = await AnswerAssert.ObjectAsync(await GetAsync("/methods"), "methods");

        Assert.Equal(LaunchFixture.Methods, answer.GetProperty("methods").EnumerateArray().Select(method => method.GetString()));
    }

    [Theory]
    [MemberData(nameof(EveryMethodAndFunction))]
    public async Task Execute_reports_its_call_and_latency(string method, string function)
    {
        long before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

        JsonElement answer = await AnswerAssert.ObjectAsync(
            await GetAsync($"/execute?method={method}&function={function}&payloadSize=1234"), s_executeMembers);

        Assert.Equal(method, answer.GetProperty("method").GetString());
        Assert.Equal(function, answer.GetProperty("functionId").GetString());
        Assert.Equal(1234, answer.GetProperty("payloadSize").GetInt32());
        Assert.True(answer.GetProperty("callerStartTime").GetDouble() >= before);
        Assert.True(answer.GetProperty("callerEndTime").GetDouble() >= answer.GetProperty("callerStartTime").GetDouble());
        Assert.True(answer.GetProperty("totalLatencyMs").GetDouble() > 0);
        Assert.True(answer.GetProperty("runtimeExecutionMs").GetDouble() <= answer.GetProperty("totalLatencyMs").GetDouble());
    }

    [Theory]
    [InlineData("/execute")]
    [InlineData("/execute?method=&function=&payloadSize=")]
    public async Task Missing_query_values_use_the_defaults(string path)
    {
        JsonElement answer = await AnswerAssert.ObjectAsync(await GetAsync(path), s_executeMembers);

        Assert.Equal("service-binding", answer.GetProperty("method").GetString());
        Assert.Equal("echo", answer.GetProperty("functionId").GetString());
        Assert.Equal(100, answer.GetProperty("payloadSize").GetInt32());
        Assert.Equal(100, (await BenchmarkAsync("/benchmark")).GetProperty("iterations").GetInt32());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    [InlineData(240)]
    public async Task Benchmark_reports_latencies_and_nearest_rank_percentiles(int iterations)
    {
        JsonElement answer = await BenchmarkAsync($"/benchmark?method=direct&function=transform&payloadSize=64&iterations={iterations}");

        decimal[] raw = [.. answer.GetProperty("rawResults").EnumerateArray().Select(Decimal)];
        decimal[] sorted = [.. raw.Order()];
        Assert.Equal(iterations, answer.GetProperty("iterations").GetInt32());
        Assert.Equal(iterations, raw.Length);
        Assert.All(raw, ms => Assert.True(ms > 0 && ms.Scale <= 6, $"{ms}"));
        Assert.Equal(sorted[0], Decimal(answer.GetProperty("min")));
        Assert.Equal(sorted[^1], Decimal(answer.GetProperty("max")));
        // The mean and each value were rounded separately, by at most half of the last digit.
        Assert.InRange(Decimal(answer.GetProperty("mean")) - sorted.Average(), -0.000001m, 0.000001m);
        foreach (int percent in new[] { 50, 95, 99 })
        {
            // Nearest rank: the smallest value for which at least this percentage of all values is not larger.
            decimal expected = sorted.First(value => sorted.Count(other => other <= value) * 100 >= percent * iterations);
            Assert.Equal(expected, Decimal(answer.GetProperty($"p{percent}")));
        }
    }

    [Fact]
    public async Task Benchmark_times_have_the_resolution_of_the_clock()
    {
        JsonElement answer = await BenchmarkAsync("/benchmark?method=direct&iterations=1000");

        // A TimeSpan counts 100 ns, which is coarser than the clock of every system but Windows.
        Assert.True(
            Stopwatch.Frequency <= TimeSpan.TicksPerSecond
            || answer.GetProperty("rawResults").EnumerateArray().Any(ms => Decimal(ms) % 0.0001m != 0));
    }

    [Theory]
    [MemberData(nameof(EveryMethodWithoutExemption))]
    public async Task Benchmark_makes_its_calls_over_the_launch_connection(string method)
    {
        long sentBefore = launch.Host.Stub(method).Traffic.SentBytes;
        await AnswerAssert.ObjectAsync(await GetAsync($"/execute?method={method}&payloadSize=5000"), s_executeMembers);
        long oneCall = launch.Host.Stub(method).Traffic.SentBytes - sentBefore;

        JsonElement answer = await BenchmarkAsync($"/benchmark?method={method}&payloadSize=5000&iterations=9");

        Assert.Equal(9, answer.GetProperty("rawResults").GetArrayLength());
        // A protocol's call numbers may grow by a digit or two.
        Assert.InRange(launch.Host.Stub(method).Traffic.SentBytes - sentBefore, 10 * oneCall, 10 * (oneCall + 4));
        Assert.Equal(LaunchFixture.DelegatingMethods.Contains(method), oneCall >= new PayloadSize(5000).CreatePayload(1).Data.Length);
    }

    [Theory]
    [InlineData("/execute?method=nothing")]
    [InlineData("/benchmark?method=nothing")]
    public async Task Unknown_method_is_400_with_all_known_methods(string path)
    {
        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(path));

        Assert.Equal($"Unknown method 'nothing'. Known: {string.Join(", ", LaunchFixture.Methods)}.", detail);
    }

    [Theory]
    [InlineData("/execute?payloadSize=63", "payloadSize 63: expected 64 to 1000000 bytes of JSON.")]
    [InlineData("/execute?payloadSize=1000001", "payloadSize 1000001: expected 64 to 1000000 bytes of JSON.")]
    [InlineData("/benchmark?payloadSize=big", "payloadSize 'big': expected 64 to 1000000 bytes of JSON.")]
    [InlineData("/benchmark?iterations=0", "iterations 0: expected 1 to 10000 timed calls.")]
    [InlineData("/benchmark?iterations=10001", "iterations 10001: expected 1 to 10000 timed calls.")]
    [InlineData("/benchmark?iterations=1e3", "iterations '1e3': expected 1 to 10000 timed calls.")]
    public async Task Number_out_of_bounds_is_400_with_the_bounds(string path, string expected) =>
        Assert.Equal(expected, await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(path)));

    [Fact]
    public async Task Unknown_function_is_404_with_the_known_functions() => Assert.Equal(
        $"Unknown function 'nothing'. Known: {string.Join(", ", LaunchFixture.Functions)}.",
        await AnswerAssert.ProblemAsync(HttpStatusCode.NotFound, await GetAsync("/execute?function=nothing")));

    [Theory]
    [InlineData("/nothing")]
    [InlineData("/favicon.ico")]
    public async Task Unknown_path_is_404_with_the_path(string path) =>
        Assert.Equal($"Nothing answers {path}.", await AnswerAssert.ProblemAsync(HttpStatusCode.NotFound, await GetAsync(path)));

    [Fact]
    public async Task Wrong_HTTP_method_is_405_with_the_accepted_one()
    {
        using HttpClient client = launch.Host.CreateCallerClient();

        HttpResponseMessage response = await client.PostAsync("/execute", content: null, Cancellation);

        await AnswerAssert.ProblemAsync(HttpStatusCode.MethodNotAllowed, response);
        Assert.Equal(["GET"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/execute?payloadKind=prose")]
    [InlineData("/benchmark?payloadKind=prose")]
    public async Task Unknown_payload_kind_is_400_with_the_known_kinds(string path) => Assert.Equal(
        "Unknown payload kind 'prose'. Known: text, letters, json, binary.",
        await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await GetAsync(path)));

    [Theory]
    [MemberData(nameof(EveryKind))]
    public async Task Both_endpoints_send_the_payload_kind_and_name_it_unless_it_is_letters(PayloadKind kind)
    {
        // MessagePack has no escapes, so payloads of the same size in JSON have other lengths in MessagePack for each kind.
        string query = $"?method=service-binding-messagepack&payloadSize=5000&payloadKind={kind.Name()}";
        string[] named = kind == PayloadKind.Letters ? [] : ["payloadKind"];
        IRuntimeStub stub = launch.Host.Stub("service-binding-messagepack");
        var request = new ExecuteRequest("echo", new PayloadSize(5_000).CreatePayload(Now, kind), Now);
        long expected = await SentByAsync(() => stub.ExecuteAsync(request, Cancellation).AsTask());

        JsonElement execute = default;
        long executed = await SentByAsync(async () =>
            execute = await AnswerAssert.ObjectAsync(await GetAsync("/execute" + query), [.. s_executeMembers, .. named]));
        JsonElement benchmark = default;
        long benchmarked = await SentByAsync(async () => benchmark = await AnswerAssert.ObjectAsync(
            await GetAsync($"/benchmark{query}&iterations=3"), [.. s_benchmarkMembers, .. named]));

        Assert.Equal((expected, 3 * expected), (executed, benchmarked));
        Assert.All([execute, benchmark], answer => Assert.Equal(
            named.Length == 0 ? null : kind.Name(),
            answer.TryGetProperty("payloadKind", out JsonElement given) ? given.GetString() : null));

        async Task<long> SentByAsync(Func<Task> call)
        {
            long before = stub.Traffic.SentBytes;
            await call();
            return stub.Traffic.SentBytes - before;
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(EveryMethod))]
    public async Task Cancelled_request_cancels_the_function_in_the_runtime(string method)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        // Each method has its own payload size, which identifies its call. The timestamp has 13 digits, as today's have.
        var size = new PayloadSize(3_000 + LaunchFixture.Methods.Index().First(item => item.Item == method).Index);
        string data = size.CreatePayload(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()).Data;
        WatchedFunctions.HeldCall held = WatchedFunctions.CallOf(data);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        string path = $"/execute?method={method}&function={WatchedFunctions.Held}&payloadSize={size.Bytes}";
        Task<HttpResponseMessage> call = GetAsync(path, client.Token);
        await held.Arrived.WaitAsync(cancellation);

        await client.CancelAsync();

        await held.Cancelled.WaitAsync(cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    private static decimal Decimal(JsonElement number) =>
        decimal.Parse(number.GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture);

    private async Task<HttpResponseMessage> GetAsync(string path, CancellationToken? cancellation = null)
    {
        using HttpClient client = launch.Host.CreateCallerClient();
        return await client.GetAsync(path, cancellation ?? Cancellation);
    }

    private async Task<JsonElement> BenchmarkAsync(string path) =>
        await AnswerAssert.ObjectAsync(await GetAsync(path), s_benchmarkMembers);
}
