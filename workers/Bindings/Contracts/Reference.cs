namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A reference measures only one part of a call, such as the socket or the serializer. Its calls echo the payload. It is
/// measured like a method, but only with one caller, and it never affects the verdict.
/// </summary>
public abstract class Reference : IBinding
{
    /// <inheritdoc/>
    public abstract string Id { get; }

    /// <inheritdoc/>
    public virtual IReadOnlyList<string> Tags => [BindingTags.Reference];

    /// <inheritdoc/>
    public abstract string Settings { get; }

    /// <inheritdoc/>
    public virtual Channel? Channel => null;

    /// <inheritdoc/>
    public virtual IServerHalf? Server => null;

    /// <inheritdoc/>
    public virtual char? Letter => null;

    /// <inheritdoc/>
    public abstract IRuntimeStub Connect(IRuntimeHost host);
}
