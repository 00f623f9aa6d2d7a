using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A peer's function behind a delegate: the delegate's target. It tells a delegate that stands for a reference from one that
/// only happens to have a stub as its target.
/// </summary>
/// <param name="source">The reference, which this takes over.</param>
public abstract class RpcDelegateStub(RpcStub source) : RpcStub(source)
{
    /// <summary>Lets a call go whose caller cannot wait for it (<see cref="Action"/>): its error is nobody's.</summary>
    protected static async void Forget(ValueTask<RpcVoid> call)
    {
        try
        {
            _ = await call;
        }
        catch (Exception)
        {
            // An Action tells its caller nothing: neither that it has run nor that it has failed.
        }
    }
}
