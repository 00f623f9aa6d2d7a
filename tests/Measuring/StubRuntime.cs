using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring;

/// <summary>A runtime that does what a test says, once a call.</summary>
internal sealed class StubRuntime(Func<CancellationToken, ValueTask> call) : IRuntimeStub
{
    private int _calls;

    /// <summary>What the runtime says of how long the function ran.</summary>
    public double ExecutionMs { get; init; }

    public int Calls => _calls;

    /// <summary>Three bytes there and four back, a call.</summary>
    public Traffic Traffic => new(3 * _calls, 4 * _calls);

    /// <summary>A case that is called by this stub.</summary>
    public CaseSetup Case() => CaseOfLaunch(TestContext.Current.CancellationToken);

    /// <summary>The same in a launch that a test ends itself.</summary>
    public CaseSetup CaseOfLaunch(CancellationToken ended) => new(
        new CaseId("stub", "echo", "1KB"), this, new ExecuteRequest("echo", new Payload("", new PayloadMetadata(0)), 0), ended);

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        await call(cancellation);
        return new ExecuteResponse<Payload>(request.Payload, 0, ExecutionMs);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
