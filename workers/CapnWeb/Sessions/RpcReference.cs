namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Finds and converts the reference behind a typed stub or a received function. A reference in an argument is disposed at the end of the
/// call, and a reference in a result ends with its answer. <see cref="Duplicate"/> makes a copy that lasts.
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

    /// <summary>
    /// Returns a second reference to the same object, which must be disposed separately. An object of this process is returned itself: it
    /// needs no second reference.
    /// </summary>
    /// <typeparam name="T">An interface with RPC members, an asynchronous delegate, or <see cref="RpcStub"/>.</typeparam>
    /// <exception cref="ObjectDisposedException">The reference has been disposed.</exception>
    public static T Duplicate<T>(T value)
        where T : class => Find(value) is not { } stub ? value
            : typeof(T) == typeof(RpcStub) ? (T)(object)stub.Duplicate()
            : As<T>(stub.Duplicate());

    /// <summary>Creates a typed stub or delegate, which takes over the reference.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> has no contract, or its contract has no stub.</exception>
    public static T As<T>(RpcStub reference)
        where T : class => (T?)RpcContract.Find(typeof(T)).CreateStub(reference)
            ?? throw new ArgumentException(
                $"{typeof(T)} has no stub: expected an interface with RPC members, or an asynchronous delegate.");
}
