namespace WorkerRpc.Functions;

/// <summary>
/// A function of the user's own, which a run measures beside the built-in ones (<c>--functions</c>). An implementation is public and has a
/// constructor without parameters. Equal payloads must give equal results, because every answer is compared with that of the caller.
/// </summary>
public interface IPayloadFunction
{
    /// <summary>The function's name in requests, reports and filters: lower-case words joined by hyphens.</summary>
    string Id { get; }

    /// <summary>Computes the result. Several calls may run at the same time.</summary>
    /// <param name="payload">The argument of the call.</param>
    /// <param name="cancellation">Cancelled if the caller cancels the call.</param>
    ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation);
}
