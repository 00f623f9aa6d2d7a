using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring;

/// <summary>A stub for calls that another process timed. Returns the durations that a test sets; a direct call fails.</summary>
internal sealed class SelfTimedRuntime(SelfTimedCalls timed) : ISelfTimedStub
{
    public Traffic Traffic => default;

    public (int Calls, TimeSpan TimeLimit) LastRequest { get; private set; }

    public CaseSetup Case() => new(
        new CaseId("elsewhere", "-", "1KB"),
        this,
        new ExecuteRequest("echo", new Payload("", new PayloadMetadata(0)), 0),
        TestContext.Current.CancellationToken);

    public ValueTask<SelfTimedCalls> TimeAsync(ExecuteRequest request, int calls, TimeSpan timeLimit, CancellationToken cancellation)
    {
        LastRequest = (calls, timeLimit);
        return new(timed);
    }

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation) =>
        throw new InvalidOperationException("The call was made from here, where it cannot be timed.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
