using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>Connects cases to the workers of a launch.</summary>
internal static class CaseConnection
{
    /// <summary>Connects a case to the workers, creates its requests, and checks the answer of one call with each.</summary>
    /// <param name="id">The case.</param>
    /// <param name="host">The host of both workers.</param>
    /// <param name="kind">The kind of the payloads. It does not apply to the user's payload files.</param>
    /// <param name="texts">The texts of the user's files that the case sends in turn. Empty if the case has a standard payload.</param>
    /// <param name="cancellation">The token of the case's calls.</param>
    /// <exception cref="InvalidOperationException">The answer is wrong.</exception>
    public static async Task<CaseSetup> OpenAsync(
        CaseId id, LaunchHost host, PayloadKind kind, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        Payload[] payloads = texts.Count > 0
            ? [.. texts.Select(text => new Payload(text, new PayloadMetadata(now)))]
            : [host.Binding(id.Method).Letter is { } letter
                ? Matrix.Size(id.Payload).CreatePayload(now, letter)
                : Matrix.Size(id.Payload).CreatePayload(now, kind)];
        // A reference has no function of its own, so its request names the function "echo".
        string function = id.IsReference ? Matrix.Echo : id.Function;
        ExecuteRequest[] requests = [.. payloads.Select(payload => new ExecuteRequest(function, payload, now))];
        var expected = new ExecuteResponse[payloads.Length];
        for (int turn = 0; turn < payloads.Length; turn++)
        {
            expected[turn] = await FunctionList.Find(function).ExecuteAsync(payloads[turn], cancellation);
        }

        var setup = new CaseSetup(id, host.Stub(id.Method), requests[0], cancellation)
        {
            Answers = new AnswerCheck(expected),
            Requests = requests,
        };
        for (int turn = 0; turn < requests.Length; turn++)
        {
            ExecuteResponse answer = await setup.Stub.ExecuteAsync(requests[turn], cancellation);
            if (!setup.Answers.IsRight(answer, turn))
            {
                throw new InvalidOperationException($"{id} gives a wrong answer: {setup.Answers.Difference(answer, turn)}.");
            }
        }

        return setup;
    }
}
