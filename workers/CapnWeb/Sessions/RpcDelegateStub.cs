using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A peer's function as the target of a delegate. The class marks delegates that are references: another delegate may have
/// an ordinary stub as its target.
/// </summary>
/// <param name="source">The reference, which this stub takes over.</param>
public abstract class RpcDelegateStub(RpcStub source) : RpcStub(source)
{
    /// <summary>Ignores the outcome of a call that nobody can await, because the delegate is an <see cref="Action"/>.</summary>
    protected static async void Forget(ValueTask<RpcVoid> call)
    {
        try
        {
            _ = await call;
        }
        catch (Exception)
        {
            // An Action cannot report that the call failed.
        }
    }
}
