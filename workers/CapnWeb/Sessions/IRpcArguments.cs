namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The arguments of one call. The implementing type knows their types.</summary>
public interface IRpcArguments
{
    /// <summary>The number of arguments.</summary>
    int Count { get; }

    /// <summary>Writes every argument in order.</summary>
    void Write(ref RpcArgumentWriter writer);
}
