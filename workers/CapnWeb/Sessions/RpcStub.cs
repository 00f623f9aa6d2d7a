using WorkerRpc.CapnWeb.Targets;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One reference to an object or function of the peer (or of this process). Disposing it gives the reference back;
/// disposing twice is harmless. Safe to use from any thread; calls begin in the order in which they were made.</summary>
public class RpcStub : IDisposable, IAsyncDisposable
{
    private protected RpcStub()
    {
    }

    /// <summary>Takes over the reference of <paramref name="source"/>, which is used up by it: the constructor of generated stubs.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been disposed or taken over.</exception>
    protected RpcStub(RpcStub source) => throw new NotImplementedException();

    /// <summary>Fires once when the session that this reference needs is over, or when the promise has failed.
    /// Never for an object of this process.</summary>
    public CancellationToken Broken => throw new NotImplementedException();

    /// <summary>A second reference to the same object, to be disposed on its own.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been disposed.</exception>
    public RpcStub Duplicate() => throw new NotImplementedException();

    /// <summary>Calls a method and waits for its result. The task may be awaited once.
    /// Cancelling gives the call up at once: the peer is told, and the task fails with <see cref="OperationCanceledException"/>.</summary>
    /// <param name="name">The method's wire name; null calls the referenced object itself, which is then a function.</param>
    /// <param name="args">The arguments; encoded before this returns.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public ValueTask<T> InvokeAsync<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments => throw new NotImplementedException();

    /// <summary>Calls a method and gives its result as a promise: awaited, called before it has come, or passed as an argument.
    /// The result travels only when it is awaited.</summary>
    /// <inheritdoc cref="InvokeAsync"/>
    public RpcPromise<T> Call<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments => throw new NotImplementedException();

    /// <summary>A property of the referenced object, as a promise. Nothing is sent until the promise is used.</summary>
    public RpcPromise<T> Property<T>(string name) => throw new NotImplementedException();

    /// <summary>Gives the reference back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>As <see cref="Dispose()"/>; nothing is waited for.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>Gives the reference back.</summary>
    protected virtual void Dispose(bool disposing) => throw new NotImplementedException();
}
