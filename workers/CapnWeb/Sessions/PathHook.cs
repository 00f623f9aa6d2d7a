using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The hook of a property whose value has not been read. Calls are sent through its path; the value is read only when needed.
/// </summary>
/// <param name="owner">The object with the property.</param>
/// <param name="path">The path from the owner.</param>
/// <param name="ownsOwner">
/// Whether this hook keeps the owner alive and releases it. It is false for a property that an application reads, because nobody disposes
/// such a property.
/// </param>
internal sealed class PathHook(Hook owner, byte[] path, bool ownsOwner) : Hook(owner.Session)
{
    private Hook? _read;

    public Hook Owner { get; } = owner;

    public byte[] Path { get; } = path;

    public override bool IsPromise => true;

    public override Hook DuplicateIndependent() => new PathHook(Owner.Duplicate(), Path, ownsOwner: true);

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        if (!Owner.TryAddHolder())
        {
            arguments?.Discard();
            throw OwnerDisposed();
        }

        try
        {
            return Owner.Call(RpcPath.Concat(Path, path), arguments);
        }
        finally
        {
            Owner.Dispose();
        }
    }

    public override void Observe(IOutcomeObserver observer) => Read().Observe(observer);

    public override Outcome TakeOutcome() => Read().TakeOutcome();

    internal override void OnReleased()
    {
        _read?.Dispose();
        if (ownsOwner)
        {
            Owner.Dispose();
        }
    }

    private static ObjectDisposedException OwnerDisposed() =>
        new(nameof(RpcStub), "What this is a property of has been disposed: expected it in use still, or a duplicate of the property.");

    private Hook Read()
    {
        if (Volatile.Read(ref _read) is { } known)
        {
            return known;
        }

        Hook read = ReadOnce();
        if (Interlocked.CompareExchange(ref _read, read, null) is not { } earlier)
        {
            return read;
        }

        read.Dispose();
        return earlier;
    }

    private Hook ReadOnce()
    {
        try
        {
            return Call(RpcPath.Root, null);
        }
        catch (ObjectDisposedException error)
        {
            return PromiseHook.Rejected(Session, error);
        }
    }
}

/// <summary>A promise that the peer sends as a stub. Nobody waits for its result.</summary>
internal sealed class ForwardedHook(Hook passed) : Hook(passed.Session)
{
    private readonly Hook _target = passed;

    public override bool IsPromise => false;

    /// <summary>Returns the hook to send to a peer: the target of a forwarded hook, otherwise the hook itself.</summary>
    public static Hook Passed(Hook hook) => hook is ForwardedHook wrapper ? PromiseHook.Unwrap(wrapper._target) : hook;

    public override Hook Call(byte[] path, Expression<Hook>? arguments) =>
        arguments is null ? _target.Get(path) : _target.Call(path, arguments);

    public override void Observe(IOutcomeObserver observer) => _target.Observe(observer);

    internal override void OnReleased() => _target.Dispose();
}
