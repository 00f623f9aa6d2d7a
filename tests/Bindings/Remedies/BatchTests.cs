using System.Net;
using System.Text;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Functions;
using WorkerRpc.Tests.RuntimeWorker;

namespace WorkerRpc.Tests.Bindings.Remedies;

public class BatchTests(LaunchFixture launch) : IClassFixture<LaunchFixture>
{
    private const string Valid = """{"functionId":"echo","payload":{"data":"x","metadata":{"timestamp":1}},"timestamp":1}""";

    private static readonly Function s_echo = FunctionList.Find("echo");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(100)]
    public async Task Batch_runs_and_transfers_each_of_its_calls(int calls)
    {
        string data = $"{Guid.NewGuid()}";
        int run = 0;
        WatchedFunctions.Script(data, _ =>
        {
            run++;
            return new(data);
        });
        await using IRuntimeStub stub = BindingCatalog.BuiltIn.Find($"service-binding-batch-{calls}").Connect(launch.Host);

        await stub.ExecuteAsync(new ExecuteRequest(WatchedFunctions.Scripted, new Payload(data, new PayloadMetadata(1)), 1), Cancellation);

        Assert.Equal(calls, run);
        Assert.True(stub.Traffic.SentBytes >= calls * data.Length && stub.Traffic.ReceivedBytes >= calls * data.Length, $"{stub.Traffic}");
    }

    [Fact]
    public void Batch_returns_its_last_answer_and_the_total_time()
    {
        ExecuteResponse answer = new BatchFormat(3).ReadResponse(Responses("a", "b", "c"), s_echo);

        Assert.Equal(new ExecuteResponse<Payload>(new Payload("c", new PayloadMetadata(1)), 5, 0.75), answer);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("{}")]
    [InlineData("""[{"result":{"data":"a","metadata":{"timestamp":1}},"runtimeTimestamp":5}]""")]
    public void Incomplete_batch_answer_is_refused(string body) =>
        Assert.Throws<RuntimeUnreachableException>(() => new BatchFormat(1).ReadResponse(Encoding.UTF8.GetBytes(body), s_echo));

    [Fact]
    public void Surplus_answer_is_refused() =>
        Assert.Throws<RuntimeUnreachableException>(() => new BatchFormat(1).ReadResponse(Responses("a", "b"), s_echo));

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "")]
    [InlineData(HttpStatusCode.BadRequest, "null")]
    [InlineData(HttpStatusCode.BadRequest, "[null]")]
    [InlineData(HttpStatusCode.BadRequest, Valid)]
    [InlineData(HttpStatusCode.BadRequest, "[" + Valid + ",{}]")]
    [InlineData(
        HttpStatusCode.NotFound,
        "[" + Valid + """,{"functionId":"no","payload":{"data":"x","metadata":{"timestamp":1}},"timestamp":1}]""")]
    public async Task Invalid_batch_or_failing_call_gives_one_problem(HttpStatusCode status, string body)
    {
        using HttpClient client = Runtime();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        await AnswerAssert.ProblemAsync(status, await client.PostAsync(BatchEndpoint.Path, content, Cancellation));
    }

    [Fact]
    public async Task Batch_of_several_functions_is_answered_in_order()
    {
        using HttpClient client = Runtime();
        string batch = $"[{Valid},{Valid.Replace("echo", "compute", StringComparison.Ordinal)}]";
        using var content = new StringContent(batch, Encoding.UTF8, "application/json");

        HttpResponseMessage answer = await client.PostAsync(BatchEndpoint.Path, content, Cancellation);

        string body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("""[{"result":{"data":"x",""", body, StringComparison.Ordinal);
        Assert.Contains(""",{"result":{"result":""", body, StringComparison.Ordinal);
    }

    private HttpClient Runtime() => new(launch.Host.Open(HttpChannels.InMemory)) { BaseAddress = new Uri("http://runtime") };

    private static byte[] Responses(params string[] data)
    {
        IEnumerable<string> responses = data.Select(
            text => $$$"""{"result":{"data":"{{{text}}}","metadata":{"timestamp":1}},"runtimeTimestamp":5,"executionTimeMs":0.25}""");
        return Encoding.UTF8.GetBytes($"[{string.Join(',', responses)}]");
    }
}
