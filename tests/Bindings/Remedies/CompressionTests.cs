using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Functions;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.Bindings.Remedies;

public class CompressionTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private static readonly byte[] s_request =
        """{"functionId":"echo","payload":{"data":"x","metadata":{"timestamp":1}},"timestamp":1}"""u8.ToArray();

    public static TheoryData<string> Codings => ["gzip", "br"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("raw-fetch-gzip")]
    [InlineData("raw-fetch-brotli")]
    public async Task Repetitive_text_shrinks_and_random_text_keeps_its_entropy(string method)
    {
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find(method).Connect(launch.Host);
        var random = new Random(1);

        Traffic repeating = await MovedAsync(stub, new string('x', 100_000));
        string letters = string.Concat(Enumerable.Range(0, 100_000).Select(_ => "0123456789abcdef"[random.Next(16)]));
        Traffic hexadecimal = await MovedAsync(stub, letters);

        Assert.True(repeating is { SentBytes: > 0 and < 2_000, ReceivedBytes: > 0 and < 2_000 }, $"{repeating}");
        // A hexadecimal letter has 4 bits of entropy, so 50 000 bytes are the minimum. Fast compression needs more.
        Assert.InRange(hexadecimal.SentBytes, 50_000, 95_000);
        Assert.InRange(hexadecimal.ReceivedBytes, 50_000, 95_000);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Runtime_answers_in_the_content_coding_of_the_request(string coding)
    {
        using HttpClient client = Runtime();

        HttpResponseMessage answer = await PostAsync(client, Compressed(s_request, coding), coding);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal([coding], answer.Content.Headers.ContentEncoding);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(Cancellation);
        ExecuteResponse response = Format(coding).ReadResponse(body, FunctionList.Find("echo"));
        Assert.Equal("x", ((ExecuteResponse<Payload>)response).Result.Data);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Body_too_large_after_decompression_gives_413(string coding)
    {
        using HttpClient client = Runtime();

        HttpResponseMessage answer = await PostAsync(client, Compressed(new byte[ExecuteEndpoint.DefaultMaxBodyBytes + 1], coding), coding);

        string detail = await AnswerAssert.ProblemAsync(HttpStatusCode.RequestEntityTooLarge, answer);
        Assert.Contains("larger than", detail, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Body_in_another_coding_than_declared_is_refused(string coding)
    {
        using HttpClient client = Runtime();

        byte[] body = [.. Enumerable.Repeat((byte)0xF7, 100)];
        await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, await PostAsync(client, body, coding));
        Assert.Throws<RuntimeUnreachableException>(() => Format(coding).ReadResponse(body, FunctionList.Find("echo")));
    }

    [Fact]
    public async Task Endpoint_of_other_methods_does_not_compress()
    {
        using HttpClient client = Runtime();

        HttpResponseMessage plain = await PostAsync(client, s_request, coding: null, ExecuteEndpoint.Path);
        Assert.Equal(HttpStatusCode.OK, plain.StatusCode);
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        HttpResponseMessage refused = await PostAsync(client, Compressed(s_request, "gzip"), "gzip", ExecuteEndpoint.Path);
        await AnswerAssert.ProblemAsync(HttpStatusCode.BadRequest, refused);
    }

    private static async Task<Traffic> MovedAsync(IRuntimeStub stub, string data)
    {
        Traffic before = stub.Traffic;
        var request = new ExecuteRequest("echo", new Payload(data, new PayloadMetadata(1)), 1);
        ExecuteResponse response = await stub.ExecuteAsync(request, Cancellation);
        Assert.Equal(data, ((ExecuteResponse<Payload>)response).Result.Data);
        return new Traffic(stub.Traffic.SentBytes - before.SentBytes, stub.Traffic.ReceivedBytes - before.ReceivedBytes);
    }

    private static CompressedJson Format(string coding) => new(coding == "gzip" ? ContentCoding.Gzip : ContentCoding.Brotli);

    private static byte[] Compressed(byte[] bytes, string coding)
    {
        var to = new MemoryStream();
        using (Stream compressing = coding == "gzip"
            ? new GZipStream(to, CompressionMode.Compress)
            : new BrotliStream(to, CompressionMode.Compress))
        {
            compressing.Write(bytes);
        }

        return to.ToArray();
    }

    private static async Task<HttpResponseMessage> PostAsync(
        HttpClient client, byte[] body, string? coding, string path = CompressedEndpoint.Path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding ?? "gzip, br");
        if (coding is not null)
        {
            request.Content.Headers.ContentEncoding.Add(coding);
        }

        return await client.SendAsync(request, Cancellation);
    }

    private HttpClient Runtime() => new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = launch.Host.Open(HttpChannels.Loopback),
    };
}
