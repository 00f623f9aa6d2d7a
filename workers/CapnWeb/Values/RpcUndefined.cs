namespace WorkerRpc.CapnWeb.Values;

/// <summary>JavaScript's <c>undefined</c>, for values whose declared type is <c>object</c>.</summary>
public sealed class RpcUndefined
{
    /// <summary>The only instance.</summary>
    public static readonly RpcUndefined Value = new();

    private RpcUndefined()
    {
    }

    public override string ToString() => "undefined";
}
