using WorkerRpc.Functions;

namespace WorkerRpc.Bindings.Contracts;

/// <summary>
/// A row that is no method: what is left of a call when everything but one part is taken away. Its call is that of an
/// echo of the payload. Measured like a method, one caller at a time, and never in a verdict.
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
    public virtual char Letter => PayloadSize.PlainLetter;

    /// <inheritdoc/>
    public abstract IRuntimeStub Connect(IRuntimeHost host);
}
