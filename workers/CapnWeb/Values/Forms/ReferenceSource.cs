namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Where a value that is read takes the references in it from. Not every one need be taken: a member that the type does
/// not have is skipped, and what nobody took is the session's to let go.
/// </summary>
internal abstract class ReferenceSource
{
    /// <summary>For values that hold no reference.</summary>
    public static ReferenceSource None { get; } = new NoReferences();

    /// <summary>The k-th reference in order of mention, as a stub for the application; asked for once at most.</summary>
    public abstract object Take(int index);

    private sealed class NoReferences : ReferenceSource
    {
        public override object Take(int index) => throw new RpcValueException("A reference cannot be read outside a session.");
    }
}
