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
        var request = new ExecuteRequest(function, payload, now);
        ExecuteResponse expected = await FunctionList.Find(function).ExecuteAsync(payload, cancellation);
        var setup = new CaseSetup(id, host.Stub(id.Method), request, cancellation) { Answers = new AnswerCheck(expected) };
        ExecuteResponse answer = await setup.Stub.ExecuteAsync(request, cancellation);
        return setup.Answers.IsRight(answer)
            ? setup
            : throw new InvalidOperationException($"{id} gives a wrong answer: {setup.Answers.Difference(answer)}.");
    }
}
