using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>What a case's calls are made with.</summary>
/// <param name="Id">Which case it is.</param>
/// <param name="Stub">The connection, from the caller worker's own container.</param>
/// <param name="Request">The request, made once a case.</param>
/// <param name="Cancellation">A token that can be cancelled, as the caller worker's is: its registration is part of the cost.</param>
public sealed record CaseSetup(CaseId Id, IRuntimeStub Stub, ExecuteRequest Request, CancellationToken Cancellation)
{
    /// <summary>Connects, makes a case's request and proves the answer to it.</summary>
    /// <param name="id">Which case it is.</param>
    /// <param name="host">Where the workers are.</param>
    /// <param name="fileText">The text of the payload file; null for none.</param>
    /// <param name="cancellation">What its calls are made with.</param>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    internal static async Task<CaseSetup> ConnectAsync(CaseId id, LaunchHost host, string? fileText, CancellationToken cancellation)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Payload payload = fileText is not null && id.Payload == PayloadFileReport.Label
            ? new Payload(fileText, new PayloadMetadata(now))
            : Matrix.Size(id.Payload).CreatePayload(now, host.Binding(id.Method).Letter);
        // A reference's call is that of an echo.
        string function = id.IsReference ? Matrix.Echo : id.Function;
        var setup = new CaseSetup(id, host.Stub(id.Method), new ExecuteRequest(function, payload, now), cancellation);
        await setup.ProveAnswerAsync();
        return setup;
    }

    private async Task ProveAnswerAsync()
    {
        ExecuteResponse expected = await FunctionList.Find(Request.FunctionId).ExecuteAsync(Request.Payload, Cancellation);
        ExecuteResponse actual = await Stub.ExecuteAsync(Request, Cancellation);
        if (actual != expected with { RuntimeTimestamp = actual.RuntimeTimestamp, ExecutionTimeMs = actual.ExecutionTimeMs })
        {
            throw new InvalidOperationException($"{Id} gives a wrong answer: its result is not what the function returns inline.");
        }
    }
}
