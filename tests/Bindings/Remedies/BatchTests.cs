using System.Net;
using System.Text;
using WorkerRpc.Bindings.Catalog;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Fetch;
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
    public async Task A_batch_runs_every_call_of_it_at_the_runtime_and_moves_the_bytes_of_each(int calls)
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
    public void The_answer_of_a_batch_is_its_last_with_the_time_of_all()
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
    public void What_is_no_answer_to_every_request_is_refused(string body) =>
        Assert.Throws<RuntimeUnreachableException>(() => new BatchFormat(1).ReadResponse(Encoding.UTF8.GetBytes(body), s_echo));

    [Fact]
    public void An_answer_too_many_is_refused() =>
        Assert.Throws<RuntimeUnreachableException>(() => new BatchFormat(1).ReadResponse(Responses("a", "b"), s_echo));

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "")]
    [InlineData(HttpStatusCode.BadRequest, "null")]
    [InlineData(HttpStatusCode.BadRequest, "[null]")]
    [InlineData(HttpStatusCode.BadRequest, Valid)]
    [InlineData(HttpStatusCode.BadRequest, "[" + Valid + ",{}]")]
    [InlineData(HttpStatusCode.NotFound, "[" + Valid + """,{"functionId":"no","payload":{"data":"x","metadata":{"timestamp":1}},"timestamp":1}]""")]
    public async Task A_body_that_is_no_batch_or_has_a_call_that_fails_is_one_problem(HttpStatusCode status, string body)
    {
        using HttpClient client = Runtime();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        await AnswerAssert.ProblemAsync(status, await client.PostAsync(BatchEndpoint.Path, content, Cancellation));
    }

    [Fact]
    public async Task A_batch_of_other_functions_is_answered_in_order()
    {
        using HttpClient client = Runtime();
        using var content = new StringContent($"[{Valid},{Valid.Replace("echo", "compute", StringComparison.Ordinal)}]", Encoding.UTF8, "application/json");

        HttpResponseMessage answer = await client.PostAsync(BatchEndpoint.Path, content, Cancellation);

        string body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.StartsWith("""[{"result":{"data":"x",""", body, StringComparison.Ordinal);
        Assert.Contains(""",{"result":{"result":""", body, StringComparison.Ordinal);
    }

    private HttpClient Runtime() => new(launch.Host.Open(HttpChannels.InMemory)) { BaseAddress = new Uri("http://runtime") };

    private static byte[] Responses(params string[] data) => Encoding.UTF8.GetBytes(
        $"[{string.Join(',', data.Select(text => $$$"""{"result":{"data":"{{{text}}}","metadata":{"timestamp":1}},"runtimeTimestamp":5,"executionTimeMs":0.25}"""))}]");
}
