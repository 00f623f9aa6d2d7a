using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>Connects cases to the workers of a launch.</summary>
internal static class CaseConnection
{
    /// <summary>Connects a case to the workers, creates its request, and checks the answer of one call.</summary>
    /// <param name="id">The case.</param>
    /// <param name="host">The host of both workers.</param>
    /// <param name="kind">The kind of the payloads. It does not apply to the user's payload file.</param>
    /// <param name="fileText">The text of the user's payload file. Null if the user gave no file.</param>
    /// <param name="cancellation">The token of the case's calls.</param>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    public static async Task<CaseSetup> OpenAsync(
        CaseId id, LaunchHost host, PayloadKind kind, string? fileText, CancellationToken cancellation)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Payload payload = fileText is not null && id.Payload == PayloadFileReport.Label
            ? new Payload(fileText, new PayloadMetadata(now))
            : host.Binding(id.Method).Letter is { } letter
                ? Matrix.Size(id.Payload).CreatePayload(now, letter)
                : Matrix.Size(id.Payload).CreatePayload(now, kind);
        // A reference has no function of its own, so its request names the function "echo".
        string function = id.IsReference ? Matrix.Echo : id.Function;
        var setup = new CaseSetup(id, host.Stub(id.Method), new ExecuteRequest(function, payload, now), cancellation);
        await RequireRightAnswerAsync(setup);
        return setup;
    }

    private static async Task RequireRightAnswerAsync(CaseSetup setup)
    {
        ExecuteRequest request = setup.Request;
        ExecuteResponse expected = await FunctionList.Find(request.FunctionId).ExecuteAsync(request.Payload, setup.Cancellation);
        ExecuteResponse actual = await setup.Stub.ExecuteAsync(request, setup.Cancellation);
        if (actual != expected with { RuntimeTimestamp = actual.RuntimeTimestamp, ExecutionTimeMs = actual.ExecutionTimeMs })
        {
            throw new InvalidOperationException($"{setup.Id} gives a wrong answer: its result is not what the function returns inline.");
        }
    }
}
