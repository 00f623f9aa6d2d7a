namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Finds and converts the reference behind a typed stub or a received function. A reference in an argument is disposed at the end of the
/// call. <c>RpcReference.Find(callback)?.Duplicate()</c> makes a copy that lasts, and <see cref="As"/> makes the copy callable.
/// </summary>
public static class RpcReference
{
    /// <summary>Returns the reference behind a stub or a received function. Returns null for an object of this process.</summary>
    public static RpcStub? Find(object value) => value switch
    {
        RpcStub stub => stub,
        Delegate { Target: RpcDelegateStub stub } => stub,
        _ => null,
    };

    /// <summary>Creates a typed stub or delegate, which takes over the reference.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract, or its contract has no stub.</exception>
    public static T As<T>(RpcStub reference)
        where T : class => (T?)RpcContract.Find(typeof(T)).CreateStub(reference)
            ?? throw new ArgumentException(
                $"{typeof(T)} has no stub: expected an interface with RPC members, or an asynchronous delegate.");
}
