using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One reference to an object or function of the peer (or of this process). Disposing it gives the reference back;
/// disposing twice is harmless. Safe to use from any thread; calls begin in the order in which they were made.</summary>
public class RpcStub : IDisposable, IAsyncDisposable
{
    private StubReference? _reference;

    internal RpcStub(StubReference reference) => _reference = reference;

    /// <summary>Takes over the reference of <paramref name="source"/>, which is used up by it: the constructor of generated stubs.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been taken over before.</exception>
    protected RpcStub(RpcStub source)
    {
        ArgumentNullException.ThrowIfNull(source);
        _reference = Interlocked.Exchange(ref source._reference, null) ?? throw UsedUp();
    }

    /// <summary>Fires once when the session that this reference needs is over. Never for an object of this process.</summary>
    public CancellationToken Broken => PromiseHook.End(Hook) is ImportHook import ? import.Session.Broken : CancellationToken.None;

    internal Hook Hook => Reference.Hook;

    internal StubReference Reference => _reference ?? throw UsedUp();

    /// <summary>A second reference to the same object, to be disposed on its own.</summary>
    /// <exception cref="ObjectDisposedException">The stub has been disposed.</exception>
    public RpcStub Duplicate() => new(new StubReference(Hook.Keep()));

    /// <summary>Calls a method and waits for its result. The task may be awaited once.
    /// Cancelling gives the call up at once: the peer is told, and the task fails with <see cref="OperationCanceledException"/>.</summary>
    /// <param name="name">The method's wire name; null calls the referenced object itself, which is then a function.</param>
    /// <param name="args">The arguments; encoded before this returns.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public ValueTask<T> InvokeAsync<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments
    {
        ThrowIfNull(args);
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<T>(cancellationToken);
        }
        Hook hook = PromiseHook.End(Hook);
        (ImportHook? target, byte[] path) = Direct(hook);
        if (target is null)
        {
            return CallIndirectly<T, TArgs>(name, args, cancellationToken).AsValueTask();
        }
        PendingCall<T> call = PendingCall<T>.Rent(target.Session, name);
        bool isDone = target.Session.Calls.TryInvoke(target, path, name, args, call, out Exception? error);
        target.Session.AfterLock();
        if (isDone && error is null)
        {
            ValueTask<T> task = call.Task;
            call.Watch(cancellationToken);
            return task;
        }
        call.Return();
        return isDone ? ValueTask.FromException<T>(error!) : CallIndirectly<T, TArgs>(name, args, cancellationToken).AsValueTask();
    }

    /// <summary>Calls a method and gives its result as a promise: awaited, called before it has come, or passed as an argument.
    /// The result travels only when it is awaited.</summary>
    /// <param name="name">The method's wire name; null calls the referenced object itself, which is then a function.</param>
    /// <param name="args">The arguments; encoded before this returns.</param>
    /// <param name="cancellationToken">Gives the call up.</param>
    public RpcPromise<T> Call<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken = default)
        where TArgs : IRpcArguments
    {
        ThrowIfNull(args);
        (ImportHook? target, byte[] path) = Direct(PromiseHook.End(Hook));
        Hook? called = target?.Session.Calls.TryCall(target, path, name, args);
        if (called is null)
        {
            return CallIndirectly<T, TArgs>(name, args, cancellationToken);
        }
        target!.Session.AfterLock();
        return new RpcPromise<T>(new StubReference(called), SessionTelemetry.StartCall(name), cancellationToken);
    }

    /// <summary>A property of the referenced object, as a promise. Nothing is sent until the promise is used. It holds nothing:
    /// what it is a property of has to be in use still when it is awaited, called or sent, and it needs no disposing of its own.</summary>
    public RpcPromise<T> Property<T>(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Hook owner = Hook;
        byte[] path = RpcPath.Append(owner is PathHook property ? property.Path : RpcPath.Root, name);
        Hook whole = (owner as PathHook)?.Owner ?? owner;
        return new RpcPromise<T>(new StubReference(new PathHook(whole, path, isHolder: false)), null, CancellationToken.None);
    }

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
    protected virtual void Dispose(bool disposing) => _reference?.Dispose();

    // The framework's takes an object, and so a box of arguments that are a struct.
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
        PathHook path when PromiseHook.End(path.Owner) is ImportHook import => (import, path.Path),
        _ => (null, RpcPath.Root),
    };

    /// <summary>A call on something that is not the peer's, or not the peer's alone: as if it had crossed.</summary>
    private RpcPromise<T> CallIndirectly<T, TArgs>(string? name, TArgs args, CancellationToken cancellationToken)
        where TArgs : IRpcArguments
    {
        Hook hook = PromiseHook.End(Hook);
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
        hook.Session.AfterLock();
        return new RpcPromise<T>(new StubReference(called), null, cancellationToken);
    }
}
