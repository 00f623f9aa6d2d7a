namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Gives stubs for the references in a value that is being read. A reference may stay unused: the declared type may lack the
/// member. The session releases unused references.
/// </summary>
internal abstract class ReferenceSource
{
    /// <summary>For values without references.</summary>
    public static ReferenceSource None { get; } = new NoReferences();

    /// <summary>Creates the stub for the k-th reference. Called at most once for each.</summary>
    public abstract object Take(int index);

    private sealed class NoReferences : ReferenceSource
    {
        public override object Take(int index) => throw new RpcValueException("A reference cannot be read outside a session.");
    }
}
