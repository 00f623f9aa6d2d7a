using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Remedies;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Bindings.Remedies;

public class CachingStubTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Equal_call_is_answered_without_the_runtime()
    {
        var runtime = new CountingStub();
        await using var cache = new CachingStub(runtime);
        ExecuteResponse first = await cache.ExecuteAsync(Request("compute", "a", 1), Cancellation);

        ExecuteResponse second = await cache.ExecuteAsync(Request("compute", "a", 1) with { Timestamp = 99 }, Cancellation);

        Assert.Equal(1, runtime.Calls);
        Assert.Equal(first with { ExecutionTimeMs = 0 }, second);
    }

    [Fact]
    public async Task Different_function_text_or_timestamp_is_a_miss()
    {
        ExecuteRequest[] requests =
        [
            Request("echo", "a", 1), Request("compute", "a", 1), Request("transform", "a", 1),
            Request("echo", "b", 1), Request("echo", "a", 2),
        ];
        var runtime = new CountingStub();
        await using var cache = new CachingStub(runtime);

        foreach (ExecuteRequest request in requests.Concat(requests))
        {
            ExecuteResponse expected = await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, Cancellation);
            ExecuteResponse actual = await cache.ExecuteAsync(request, Cancellation);
            Assert.Equal(
                expected with { RuntimeTimestamp = 0, ExecutionTimeMs = 0 },
                actual with { RuntimeTimestamp = 0, ExecutionTimeMs = 0 });
        }

        Assert.Equal(requests.Length, runtime.Calls);
    }

    [Fact]
    public async Task Error_is_not_cached()
    {
        var runtime = new CountingStub { Error = new RuntimeUnreachableException("away") };
        await using var cache = new CachingStub(runtime);
        await Assert.ThrowsAsync<RuntimeUnreachableException>(() => cache.ExecuteAsync(Request("echo", "a", 1), Cancellation).AsTask());

        runtime.Error = null;

        Assert.Equal("a", ((ExecuteResponse<Payload>)await cache.ExecuteAsync(Request("echo", "a", 1), Cancellation)).Result.Data);
        Assert.Equal(2, runtime.Calls);
    }

    private static ExecuteRequest Request(string function, string data, long timestamp) =>
        // A new string each time, so that the cache cannot compare references.
        new(function, new Payload(new string(data.AsSpan()), new PayloadMetadata(timestamp)), 1);

    /// <summary>Runs the function in this process and counts the calls.</summary>
    private sealed class CountingStub : IRuntimeStub
    {
        public int Calls { get; private set; }

        public Exception? Error { get; set; }

        public Traffic Traffic => default;

        public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
        {
            Calls++;
            return Error is { } error
                ? ValueTask.FromException<ExecuteResponse>(error)
                : FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, cancellation);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
