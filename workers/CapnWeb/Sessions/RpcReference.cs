namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The reference behind a typed stub or a received function. An argument's reference ends with its call.
/// <c>RpcReference.Find(callback)?.Duplicate()</c> keeps it, and <see cref="As"/> makes it callable again.
/// </summary>
public static class RpcReference
{
    /// <summary>The reference behind a stub or a received function. Null for an object of this process.</summary>
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
