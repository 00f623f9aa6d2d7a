using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Functions;

public class FunctionTests
{
    private static readonly Payload s_payload = new("{\"quoted\"} \u2028 é 🦔 \0", new PayloadMetadata(1_700_000_000_000));

    [Fact]
    public async Task Echo_returns_the_same_payload()
    {
        ExecuteResponse<Payload> response = await ExecuteAsync<Payload>("echo");

        Assert.Same(s_payload, response.Result);
    }

    [Fact]
    public async Task Transform_returns_an_equal_parsed_copy()
    {
        ExecuteResponse<Payload> response = await ExecuteAsync<Payload>("transform");

        Assert.Equal(s_payload, response.Result);
        Assert.NotSame(s_payload.Data, response.Result.Data);
    }

    [Fact]
    public async Task Compute_returns_sum_of_square_roots_and_input()
    {
        ExecuteResponse<ComputeResult> response = await ExecuteAsync<ComputeResult>("compute");

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => Math.Sqrt(i)).Sum(), response.Result.Result, 1e-9);
        Assert.Same(s_payload, response.Result.Input);
    }

    [Fact]
    public async Task Asynchronous_function_completes_with_its_result()
    {
        var function = new AwaitedFunction();
        Task<ExecuteResponse> pending = function.ExecuteAsync(s_payload, CancellationToken.None).AsTask();
        Assert.False(pending.IsCompleted);

        function.Finish.SetResult(s_payload);

        Assert.Equal(s_payload, Assert.IsType<ExecuteResponse<Payload>>(await pending).Result);
    }

    [Fact]
    public async Task Function_does_not_start_when_already_cancelled()
    {
        var function = new AwaitedFunction();

        await Assert.ThrowsAsync<OperationCanceledException>(
            () => function.ExecuteAsync(s_payload, new CancellationToken(canceled: true)).AsTask());

        Assert.False(function.HasStarted);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Echo", " Did you mean 'echo'?")]
    [InlineData("nothing", "")]
    public void Unknown_function_fails_with_all_known_functions(string id, string question)
    {
        string message = Assert.Throws<UnknownFunctionException>(() => FunctionList.Find(id)).Message;

        Assert.Equal($"Unknown function '{id}'.{question} Known: echo, transform, compute.", message);
    }

    private static async Task<ExecuteResponse<TResult>> ExecuteAsync<TResult>(string id)
        where TResult : notnull
    {
        ExecuteResponse response = await FunctionList.Find(id).ExecuteAsync(s_payload, TestContext.Current.CancellationToken);
        Assert.True(response.ExecutionTimeMs >= 0);
        return Assert.IsType<ExecuteResponse<TResult>>(response);
    }

    private sealed class AwaitedFunction : Function<Payload>
    {
        public TaskCompletionSource<Payload> Finish { get; } = new();

        public bool HasStarted { get; private set; }

        public override string Id => "awaited";

        protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation)
        {
            HasStarted = true;
            return new(Finish.Task);
        }
    }
}
