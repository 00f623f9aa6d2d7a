namespace WorkerRpc.Functions;

/// <summary>Returns its payload unchanged, so that the time of a call is only the cost of passing the call on.</summary>
public sealed class EchoFunction : Function<Payload>
{
    /// <summary>The id of the function.</summary>
    public const string EchoId = "echo";

    /// <inheritdoc/>
    public override string Id => EchoId;

    /// <inheritdoc/>
    protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) => new(payload);
}
