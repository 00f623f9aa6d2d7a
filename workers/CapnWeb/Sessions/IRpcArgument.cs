namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>An argument that knows by itself how it is written.</summary>
internal interface IRpcArgument
{
    void Write(ref RpcArgumentWriter writer);
}
