namespace WorkerRpc.CapnWeb.Values;

/// <summary>JavaScript's undefined, where a dynamic value has to tell it from null.</summary>
public sealed class RpcUndefined
{
    /// <summary>The only one.</summary>
    public static readonly RpcUndefined Value = new();

    private RpcUndefined()
    {
    }

    /// <summary>As JavaScript prints it.</summary>
    public override string ToString() => "undefined";
}
