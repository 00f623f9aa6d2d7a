using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Measuring;

/// <summary>A fake runtime that runs a test's function for each call.</summary>
internal sealed class StubRuntime(Func<CancellationToken, ValueTask> call) : IRuntimeStub
{
    private int _calls;

    /// <summary>The function's run time in the runtime's answers, in ms.</summary>
    public double ExecutionMs { get; init; }

    /// <summary>The text in the runtime's answers. If it is null, the answer has the request's payload.</summary>
    public string? Answer { get; set; }

    public int Calls => _calls;

    /// <summary>Each call sends 3 bytes and receives 4.</summary>
    public Traffic Traffic => new(3 * _calls, 4 * _calls);

    /// <summary>A case whose calls use this stub.</summary>
    public CaseSetup Case() => CaseOfLaunch(TestContext.Current.CancellationToken);

    /// <summary>A case whose launch the test ends with a token.</summary>
    public CaseSetup CaseOfLaunch(CancellationToken ended) => new(
        new CaseId("stub", "echo", "1KB"), this, new ExecuteRequest("echo", new Payload("", new PayloadMetadata(0)), 0), ended);

    public async ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _calls);
        await call(cancellation);
        return new ExecuteResponse<Payload>(Answer is null ? request.Payload : request.Payload with { Data = Answer }, 0, ExecutionMs);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
