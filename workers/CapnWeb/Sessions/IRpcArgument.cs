namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An argument that writes itself, such as a promise.</summary>
internal interface IRpcArgument
{
    void Write(ref RpcArgumentWriter writer);
}
