namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The reference behind a typed stub or a received function. One that came as an argument ends with its call:
/// <c>RpcReference.Find(callback)?.Duplicate()</c> keeps it, and <see cref="As"/> makes it callable again.
/// </summary>
public static class RpcReference
{
    /// <summary>The reference that this object stands for; null where it is an object of this process.</summary>
    public static RpcStub? Find(object value) => value switch
    {
        RpcStub stub => stub,
        Delegate { Target: RpcDelegateStub stub } => stub,
        _ => null,
    };

    /// <summary>A typed stub, or a delegate, on this reference, which it takes over.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract, or one without a stub.</exception>
    public static T As<T>(RpcStub reference)
        where T : class => (T?)RpcContract.Find(typeof(T)).CreateStub(reference)
            ?? throw new ArgumentException($"{typeof(T)} has no stub: expected an interface with RPC members, or an asynchronous delegate.");
}
