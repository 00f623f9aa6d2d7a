namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An argument with its own code for writing, such as a promise.</summary>
internal interface IRpcArgument
{
    void Write(ref RpcArgumentWriter writer);
}
