namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The arguments of one call, in order, with their types.</summary>
public interface IRpcArguments
{
    /// <summary>How many.</summary>
    int Count { get; }

    /// <summary>Hands each to the writer, in order.</summary>
    void Write(ref RpcArgumentWriter writer);
}
