using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Creates hooks for objects that are sent as references.</summary>
internal static class ReferenceHooks
{
    public static bool IsReference(object value) =>
        value is RpcTarget || RpcReference.Find(value) is not null || RpcContract.TryFind(value.GetType(), out _);

    /// <summary>Creates the hook for an object. The caller owns the hook.</summary>
    /// <exception cref="RpcValueException">The object cannot be sent as a reference, or is a disposed stub.</exception>
    public static Hook CreateHook(object reference, SessionCore session)
    {
        if (RpcReference.Find(reference) is { } stub)
        {
            try
            {
                Hook hook = stub.Hook.DuplicateIndependent();
                session.UsesOthers |= hook.Session != session;
                return hook;
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
