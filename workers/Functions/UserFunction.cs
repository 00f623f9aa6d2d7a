namespace WorkerRpc.Functions;

/// <summary>A function of a user's assembly. It has the same result type as <c>echo</c>, so every method can carry it.</summary>
/// <param name="path">The path of the assembly.</param>
/// <param name="inner">The user's function.</param>
internal sealed class UserFunction(string path, IPayloadFunction inner) : Function<Payload>
{
    /// <inheritdoc/>
    public override string Id { get; } = UserAssembly.RequireId(path, inner, () => inner.Id);

    /// <inheritdoc/>
    protected override async ValueTask<Payload> InvokeAsync(Payload payload, CancellationToken cancellation) =>
        await inner.InvokeAsync(payload, cancellation)
        ?? throw new InvalidOperationException($"{inner.GetType().FullName} returned null: expected a payload.");
}
