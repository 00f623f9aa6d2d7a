using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The objects that travel as references.</summary>
internal static class ReferenceHooks
{
    public static bool Is(object value) => value is RpcTarget || RpcReference.Find(value) is not null || RpcContract.TryFind(value.GetType(), out _);

    /// <summary>A hook for one of them; the caller's.</summary>
    /// <exception cref="RpcValueException">It is none, or has been given back.</exception>
    public static Hook Hold(object reference, SessionCore session)
    {
        if (RpcReference.Find(reference) is { } stub)
        {
            try
            {
                return stub.Hook.Keep();
            }
            catch (ObjectDisposedException error)
            {
                throw new RpcValueException("A stub that has been disposed cannot be sent: expected one in use, or a duplicate.", error);
            }
        }
        if (reference is RpcTarget target)
        {
            return new TargetHook(session, target.Instance, target.Contract);
        }
        return RpcContract.TryFind(reference.GetType(), out RpcContract? contract)
            ? new TargetHook(session, reference, contract)
            : throw new RpcValueException($"{reference.GetType()} cannot be sent as a reference: expected a type with RPC members.");
    }
}
