using WorkerRpc.Functions;

namespace WorkerRpc.Tests.Injected;

/// <summary>A function of a user's own assembly: <c>--functions WorkerRpc.Tests.dll</c>.</summary>
public sealed class UpperCaseFunction : IPayloadFunction
{
    public string Id => "upper-case";

    public ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) =>
        new(payload with { Data = payload.Data.ToUpperInvariant() });
}
