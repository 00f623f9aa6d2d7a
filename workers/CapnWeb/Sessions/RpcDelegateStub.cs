using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A stub for a function of the peer. The function's delegate has this stub as its target. The separate class distinguishes such delegates
/// from others, whose target may be an ordinary stub.
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
            // The exception is ignored, because an Action cannot report that the call failed.
        }
    }
}
