namespace WorkerRpc.CapnWeb.Values.Forms;

/// <summary>
/// Creates the stubs for the references in a value that is being read. A reference may stay unused, for example if the declared type has no
/// such member. The session releases unused references.
/// </summary>
internal abstract class ReferenceSource
{
    /// <summary>A source for values without references.</summary>
    public static ReferenceSource None { get; } = new NoReferences();

    /// <summary>Creates the stub for the reference with this index. It is called at most once for each reference.</summary>
    public abstract object Take(int index);

    private sealed class NoReferences : ReferenceSource
    {
        public override object Take(int index) => throw new RpcValueException("A reference cannot be read outside a session.");
    }
}
