using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A reference to an object or function of the peer, or of this process. Disposing releases it; disposing again does nothing. Safe
/// to use from any thread. Calls start in the order in which they are made.
/// </summary>
public class RpcStub : IDisposable, IAsyncDisposable
{
    private StubReference? _reference;

    internal RpcStub(StubReference reference) => _reference = reference;

    /// <summary>Takes over the reference of <paramref name="source"/>, which is then unusable. For generated stubs.</summary>
    /// <exception cref="ObjectDisposedException">Another stub has taken over the reference.</exception>
    protected RpcStub(RpcStub source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _reference = Interlocked.Exchange(ref source._reference, null) ?? throw UsedUp();
    }

    /// <summary>Fires when the session of this reference ends. Never for an object of this process.</summary>
    public CancellationToken Broken => PromiseHook.Unwrap(Hook) is ImportHook import ? import.Session.Broken : CancellationToken.None;

    internal Hook Hook => Reference.Hook;

    internal StubReference Reference => _reference ?? throw UsedUp();

    /// <summary>A second reference to the same object, which is disposed separately.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been disposed.</exception>
    public RpcStub Duplicate() => new(new StubReference(Hook.DuplicateIndependent()));

    /// <summary>
    /// Calls a method and returns its result. The task can be awaited once. Cancelling ends the call at once: the peer is notified, and the
    /// task fails with <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="name">The method's wire name. Null calls the object itself, which must be a function.</param>
    /// <param name="args">The arguments. They are encoded before this method returns.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public ValueTask<T> InvokeAsync<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments
    {
        ThrowIfNull(args);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }

        Hook hook = PromiseHook.Unwrap(Hook);
        (ImportHook? target, byte[] path) = Direct(hook);
        if (target is null)
        {
            return CallIndirectly<T, TArgs>(name, args, cancellationToken).AsValueTask();
        }

        PendingCall<T> call = PendingCall<T>.Rent(target.Session, name);
        bool isDone = target.Session.Outgoing.TryInvoke(target, path, name, args, call, out Exception? error);
        target.Session.RunDeferred();
        if (isDone && error is null)
        {
            ValueTask<T> task = call.Task;
            call.CancelWith(cancellationToken);
            return task;
        }

        call.Return();
        return isDone ? ValueTask.FromException<T>(error!) : CallIndirectly<T, TArgs>(name, args, cancellationToken).AsValueTask();
    }

    /// <summary>
    /// Calls a method and returns its result as a promise. The promise can be awaited, called and passed as an argument. The peer sends
    /// the result only when it is awaited.
    /// </summary>
    /// <param name="name">The method's wire name. Null calls the object itself, which must be a function.</param>
    /// <param name="args">The arguments. They are encoded before this method returns.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public RpcPromise<T> Call<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments
    {
        ThrowIfNull(args);
        (ImportHook? target, byte[] path) = Direct(PromiseHook.Unwrap(Hook));
        Hook? called = target?.Session.Outgoing.TryCall(target, path, name, args);
        if (called is null)
        {
            return CallIndirectly<T, TArgs>(name, args, cancellationToken);
        }

        target!.Session.RunDeferred();
        return new RpcPromise<T>(new StubReference(called), SessionTelemetry.StartCall(name), cancellationToken);
    }

    /// <summary>
    /// A property of the object, as a promise. Nothing is sent until the promise is used. It holds no reference and needs no disposing,
    /// but works only while this stub is in use.
    /// </summary>
    public RpcPromise<T> Property<T>(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Hook owner = Hook;
        byte[] path = RpcPath.Append(owner is PathHook property ? property.Path : RpcPath.Root, name);
        Hook whole = (owner as PathHook)?.Owner ?? owner;
        return new RpcPromise<T>(new StubReference(new PathHook(whole, path, ownsOwner: false)), null, CancellationToken.None);
    }

    /// <summary>Releases the reference.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the reference. Waits for nothing.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>Releases the reference.</summary>
    protected virtual void Dispose(bool disposing) => _reference?.Dispose();

    // ArgumentNullException.ThrowIfNull takes an object and would box arguments that are a struct.
    private static void ThrowIfNull<TArgs>(TArgs args)
    {
        if (args is null)
        {
            throw new ArgumentNullException(nameof(args));
        }
    }

    private static ObjectDisposedException UsedUp() => new(nameof(RpcStub), "This stub has been taken over by a typed one: use that.");

    private static (ImportHook? Target, byte[] Path) Direct(Hook hook) => hook switch
    {
        ImportHook import => (import, RpcPath.Root),
        PathHook path when PromiseHook.Unwrap(path.Owner) is ImportHook import => (import, path.Path),
        _ => (null, RpcPath.Root),
    };

    /// <summary>Calls an object that is not the peer's, or not only the peer's. The arguments are encoded all the same.</summary>
    private RpcPromise<T> CallIndirectly<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken)
        where TArgs : IRpcArguments
    {
        Hook hook = PromiseHook.Unwrap(Hook);
        Hook called;
        try
        {
            Expression<Hook> arguments = CapturedArguments.Of(hook.Session, args);
            called = hook.Call(name is null ? RpcPath.Root : RpcPath.Append(RpcPath.Root, name), arguments);
        }
        catch (RpcException error)
        {
            called = PromiseHook.Rejected(hook.Session, error);
        }

        hook.Session.RunDeferred();
        return new RpcPromise<T>(new StubReference(called), null, cancellationToken);
    }
}
