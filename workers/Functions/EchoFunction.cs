namespace WorkerRpc.Functions;

/// <summary>Returns its payload: what is left is the cost of the delegation.</summary>
public sealed class EchoFunction : Function<Payload>
{
    /// <summary>Its id.</summary>
    public const string EchoId = "echo";

    /// <inheritdoc/>
    public override string Id => EchoId;

    /// <inheritdoc/>
    protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) => new(payload);
}
