namespace WorkerRpc.Functions;

/// <summary>Returns its payload, so that a call measures only the delegation.</summary>
public sealed class EchoFunction : Function<Payload>
{
    /// <summary>The id of the function.</summary>
    public const string EchoId = "echo";

    /// <inheritdoc/>
    public override string Id => EchoId;

    /// <inheritdoc/>
    protected override ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) => new(payload);
}
