using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using WorkerRpc.Bindings.Wire;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.RuntimeWorker;

/// <summary>Tests that the runtime answers the same in memory and over a socket.</summary>
public class RuntimeEndpointTests(RuntimeServers servers) : IClassFixture<RuntimeServers>
{
    private const string Valid = """{"functionId":"echo","payload":{"data":"x","metadata":{"timestamp":1}},"timestamp":1}""";

    public static TheoryData<Hosted> Hostings => [.. Enum.GetValues<Hosted>()];

    public static MatrixTheoryData<Hosted, string> UnreadableBodies => new(Enum.GetValues<Hosted>(),
    [
        "",
        "{",
        "not JSON",
        Valid + "x",
        Valid.Replace("\"x\"", "\"\\ud800\"", StringComparison.Ordinal),
        "[]",
        "null",
        "{}",
        Valid.Replace("\"functionId\":\"echo\",", "", StringComparison.Ordinal),
        Valid.Replace("\"echo\"", "null", StringComparison.Ordinal),
        Valid.Replace(",\"timestamp\":1}", "}", StringComparison.Ordinal),
        Valid.Replace("\"data\":\"x\",", "", StringComparison.Ordinal),
        Valid.Replace("\"x\"", "null", StringComparison.Ordinal),
        Valid.Replace("\"x\"", "7", StringComparison.Ordinal),
        Valid.Replace("{\"timestamp\":1}", "null", StringComparison.Ordinal),
        Valid.Replace("{\"timestamp\":1}", "{\"timestamp\":1.5}", StringComparison.Ordinal),
    ]);

    public static MatrixTheoryData<Hosted, string?> OtherContentTypes =>
        new(
            Enum.GetValues<Hosted>(),
            [null, "text/plain", "application/jsonx", "application/problem+json", "application/x-www-form-urlencoded"]);

    public static MatrixTheoryData<Hosted, string> UnknownPaths =>
        new(Enum.GetValues<Hosted>(), ["/", "/nothing", "/execute/more", "/favicon.ico"]);

    public static MatrixTheoryData<Hosted, bool> WithAndWithoutLength => new(Enum.GetValues<Hosted>(), [true, false]);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Health_names_the_worker(Hosted hosted)
    {
        using HttpClient client = servers.CreateClient(hosted);

        Assert.Equal("""{"status":"ok","worker":"runtime"}""", await client.GetStringAsync("/health", Cancellation));
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Request_is_answered_with_result_and_runtime_times(Hosted hosted)
    {
        HttpResponseMessage response = await PostAsync(hosted, Json(Valid, "application/json; charset=utf-8"));

        JsonElement answer = await AnswerAssert.ObjectAsync(response, "result", "runtimeTimestamp", "executionTimeMs");
        Assert.Equal("""{"data":"x","metadata":{"timestamp":1}}""", answer.GetProperty("result").GetRawText());
        Assert.True(answer.GetProperty("executionTimeMs").GetDouble() >= 0);
        Assert.NotNull(response.Content.Headers.ContentLength);
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task MessagePack_request_gets_a_MessagePack_answer(Hosted hosted)
    {
        var payload = new Payload("é", new PayloadMetadata(1));
        foreach (string function in FunctionList.All.Select(function => function.Id))
        {
            HttpResponseMessage response = await PostAsync(hosted, MessagePack(new ExecuteRequest(function, payload, 1)));

            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("application/vnd.msgpack", response.Content.Headers.ContentType?.ToString());
            Assert.NotNull(response.Content.Headers.ContentLength);
            byte[] body = await response.Content.ReadAsByteArrayAsync(Cancellation);
            ExecuteResponse answer = MessagePackWire.Shared.ReadResponse(body, FunctionList.Find(function));
            Assert.True(answer.RuntimeTimestamp > 1);
            Assert.Equal(
                payload,
                answer is ExecuteResponse<ComputeResult> computed ? computed.Result.Input : ((ExecuteResponse<Payload>)answer).Result);
        }
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Errors_of_MessagePack_requests_are_JSON(Hosted hosted)
    {
        var request = new ExecuteRequest("nothing", new Payload("x", new PayloadMetadata(1)), 1);

        string unknown = await AnswerAssert.ProblemAsync(HttpStatusCode.NotFound, await PostAsync(hosted, MessagePack(request)));
        string unreadable = await AnswerAssert.ProblemAsync(
            HttpStatusCode.BadRequest, await PostAsync(hosted, Json(Valid, "application/vnd.msgpack")));
        ExecuteRequest longRequest = request with { FunctionId = new string('x', RuntimeServers.MaxBodyBytes) };
        string tooLong = await AnswerAssert.ProblemAsync(
            HttpStatusCode.RequestEntityTooLarge, await PostAsync(hosted, MessagePack(longRequest)));

        Assert.StartsWith("Unknown function 'nothing'. Known: ", unknown, StringComparison.Ordinal);
        Assert.Contains("{ functionId, payload, timestamp }", unreadable, StringComparison.Ordinal);
        Assert.Contains(RuntimeServers.MaxBodyBytes.ToString(CultureInfo.InvariantCulture), tooLong, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UnreadableBodies))]
    public async Task Invalid_body_is_400_with_the_expected_form(Hosted hosted, string body)
    {
        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await PostAsync(hosted, Json(body)));

        Assert.Contains("{ functionId, payload, timestamp }", detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Body_with_invalid_UTF8_is_400(Hosted hosted)
    {
        byte[] body = Encoding.UTF8.GetBytes(Valid);
        body[Array.IndexOf(body, (byte)'x')] = 0xFF;

        HttpContent content = Typed(new ByteArrayContent(body), "application/json");
        await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await PostAsync(hosted, content));
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Unknown_function_is_404_with_the_known_functions(Hosted hosted)
    {
        HttpResponseMessage response = await PostAsync(hosted, Json(Valid.Replace("echo", "nothing", StringComparison.Ordinal)));

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.NotFound, response);

        Assert.Equal($"Unknown function 'nothing'. Known: {string.Join(", ", FunctionList.All.Select(function => function.Id))}.", detail);
    }

    [Theory]
    [MemberData(nameof(OtherContentTypes))]
    public async Task Other_content_type_is_415_with_the_accepted_types(Hosted hosted, string? contentType)
    {
        string detail = await AnswerAssert.ProblemAsync(
            HttpStatusCode.UnsupportedMediaType, await PostAsync(hosted, Json(Valid, contentType)));

        Assert.Contains(contentType ?? "missing", detail, StringComparison.Ordinal);
        Assert.EndsWith("Accepted: application/json, application/vnd.msgpack.", detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WithAndWithoutLength))]
    public async Task Body_one_byte_over_the_limit_is_413(Hosted hosted, bool withLength)
    {
        HttpResponseMessage accepted = await PostAsync(hosted, Sized(RuntimeServers.MaxBodyBytes, withLength));
        HttpResponseMessage refused = await PostAsync(hosted, Sized(RuntimeServers.MaxBodyBytes + 1, withLength));

        Assert.Equal(HttpStatusCode.OK, accepted.StatusCode);
        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, refused);
        Assert.Contains(RuntimeServers.MaxBodyBytes.ToString(CultureInfo.InvariantCulture), detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(UnknownPaths))]
    public async Task Unknown_path_is_404_with_the_path(Hosted hosted, string path)
    {
        using HttpClient client = servers.CreateClient(hosted);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.NotFound, await client.GetAsync(path, Cancellation));

        Assert.Equal($"Nothing answers {path}.", detail);
    }

    [Theory]
    [MemberData(nameof(Hostings))]
    public async Task Wrong_HTTP_method_is_405_with_the_accepted_one(Hosted hosted)
    {
        using HttpClient client = servers.CreateClient(hosted);
        foreach ((HttpMethod method, string path, string allowed) in new[]
        {
            (HttpMethod.Get, "/execute", "POST"),
            (HttpMethod.Get, "/execute/", "POST"),
            (HttpMethod.Delete, "/EXECUTE", "POST"),
            (HttpMethod.Post, "/health", "GET"),
        })
        {
            using var request = new HttpRequestMessage(method, path);
            HttpResponseMessage response = await client.SendAsync(request, Cancellation);

            string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.MethodNotAllowed, response);

            Assert.Equal([allowed], response.Content.Headers.Allow);
            Assert.Equal($"{path} does not take {method}. Accepted: {allowed}.", detail);
        }
    }

    private static HttpContent Json(string body, string? contentType = "application/json") =>
        Typed(new ByteArrayContent(Encoding.UTF8.GetBytes(body)), contentType);

    private static HttpContent MessagePack(ExecuteRequest request)
    {
        using ByteBuffer body = ByteBuffer.Rent();
        MessagePackWire.Shared.WriteRequest(body, request);
        return Typed(new ByteArrayContent(body.Written.ToArray()), "application/vnd.msgpack; charset=binary");
    }

    private static HttpContent Typed(HttpContent content, string? contentType)
    {
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return content;
    }

    private static HttpContent Sized(int bytes, bool withLength)
    {
        string data = new('x', 1 + bytes - Valid.Length);
        byte[] body = Encoding.UTF8.GetBytes(Valid.Replace("\"x\"", $"\"{data}\"", StringComparison.Ordinal));
        Assert.Equal(bytes, body.Length);
        return Typed(withLength ? new ByteArrayContent(body) : new StreamContent(new UnseekableStream(body)), "application/json");
    }

    private async Task<HttpResponseMessage> PostAsync(Hosted hosted, HttpContent content)
    {
        using HttpClient client = servers.CreateClient(hosted);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/execute") { Content = content };
        return await client.SendAsync(request, Cancellation);
    }

    /// <summary>A stream without a known length, so that the body is sent in chunks.</summary>
    private sealed class UnseekableStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
