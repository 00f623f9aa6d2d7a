using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// A reference to an object or function of the peer, or of this process. Dispose releases the reference; a second Dispose has no effect.
/// The stub is safe to use from any thread. Calls start in the order in which the application makes them.
/// </summary>
public class RpcStub : IDisposable, IAsyncDisposable
{
    private StubReference? _reference;

    internal RpcStub(StubReference reference) => _reference = reference;

    /// <summary>
    /// Takes over the reference of <paramref name="source"/>, which can then no longer be used. Generated stubs call this constructor.
    /// </summary>
    /// <exception cref="ObjectDisposedException">Another stub has taken over the reference.</exception>
    protected RpcStub(RpcStub source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _reference = Interlocked.Exchange(ref source._reference, null) ?? throw UsedUp();
    }

    /// <summary>
    /// A token that is cancelled when the session of this reference ends. It is never cancelled for an object of this process, nor after
    /// this stub is disposed. <see cref="OnBroken"/> also gives the reason.
    /// </summary>
    public CancellationToken Broken =>
        Direct(PromiseHook.Unwrap(Hook)).Target is { } import ? Reference.Broken(import.Session) : CancellationToken.None;

    internal Hook Hook => Reference.Hook;

    internal StubReference Reference => _reference ?? throw UsedUp();

    /// <summary>
    /// Calls a function when the session of this reference ends, with the reason. If the session has ended already, the call is made at
    /// once. A stub that is disposed drops its functions without calling them.
    /// </summary>
    /// <returns>A registration, whose disposal drops the function earlier.</returns>
    public CancellationTokenRegistration OnBroken(Action<Exception> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return Direct(PromiseHook.Unwrap(Hook)).Target is { Session: { } session }
            ? Reference.Broken(session).Register(() => callback(session.Error!))
            : default;
    }

    /// <summary>Returns a second reference to the same object. It must be disposed separately.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been disposed.</exception>
    public RpcStub Duplicate() => new(new StubReference(Hook.DuplicateIndependent()));

    /// <summary>
    /// Calls a method and returns its result. The task can be awaited once. Cancelling the token ends the call immediately: the peer is
    /// notified, and the task fails with <see cref="OperationCanceledException"/>.
    /// </summary>
    /// <param name="name">The method's name on the wire. If it is null, the object itself is called, which must be a function.</param>
    /// <param name="args">The arguments. They are encoded before this method returns.</param>
    /// <param name="cancellationToken">A token that cancels the call.</param>
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
    /// Calls a method and returns its result as a promise. The promise can be awaited, called and passed as an argument. The peer sends the
    /// result only when it is awaited.
    /// </summary>
    /// <param name="name">The method's name on the wire. If it is null, the object itself is called, which must be a function.</param>
    /// <param name="args">The arguments. They are encoded before this method returns.</param>
    /// <param name="cancellationToken">A token that cancels the call.</param>
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
    /// Returns a promise of a property of the object. Nothing is sent until the promise is used. The promise owns no reference and needs no
    /// Dispose, but works only until this stub is disposed.
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

    /// <summary>Releases the reference. The returned task is already complete.</summary>
    public ValueTask DisposeAsync()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
        return default;
    }

    /// <summary>Releases the reference.</summary>
    protected virtual void Dispose(bool disposing) => _reference?.Dispose();

    // ArgumentNullException.ThrowIfNull has a parameter of type object, so it would box arguments that are a struct.
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

    /// <summary>
    /// Calls an object that does not belong to the peer, or not only to the peer. The arguments are encoded nevertheless.
    /// </summary>
    private RpcPromise<T> CallIndirectly<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken)
        where TArgs : IRpcArguments
    {
        Hook hook = PromiseHook.Unwrap(Hook);
        Hook called;
        try
        {
            Expression<Hook> arguments = CapturedArguments.Of(hook.Session, args);
            called = hook.Call(new PathRest(new PropertyPath(name is null ? RpcPath.Root : RpcPath.Append(RpcPath.Root, name))), arguments);
        }
        catch (RpcException error)
        {
            called = PromiseHook.Rejected(hook.Session, error);
        }

        hook.Session.RunDeferred();
        return new RpcPromise<T>(new StubReference(called), null, cancellationToken);
    }
}
