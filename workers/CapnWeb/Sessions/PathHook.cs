using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A property of something, not read yet: calls go through it, only its value is asked for when it is needed.</summary>
/// <param name="owner">What it is a property of.</param>
/// <param name="path">From there.</param>
/// <param name="isHolder">Whether it holds the owner, and takes that over. One that an application reads does not: nobody
/// disposes of a property.</param>
internal sealed class PathHook(Hook owner, byte[] path, bool isHolder) : Hook(owner.Session)
{
    private Hook? _read;

    public Hook Owner { get; } = owner;

    public byte[] Path { get; } = path;

    public override bool IsPromise => true;

    public override Hook Keep() => new PathHook(Owner.Duplicate(), Path, isHolder: true);

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        if (!Owner.TryHold())
        {
            arguments?.Discard();
            throw GivenBack();
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

    public override void Ask(IAsker asker) => Read().Ask(asker);

    public override Outcome TakeOutcome() => Read().TakeOutcome();

    internal override void OnReleased()
    {
        _read?.Dispose();
        if (isHolder)
        {
            Owner.Dispose();
        }
    }

    private static ObjectDisposedException GivenBack() =>
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

/// <summary>Something that the peer passes on as a stub, though it is a value to come: it is not waited for.</summary>
internal sealed class PassedHook(Hook passed) : Hook(passed.Session)
{
    private readonly Hook _passed = passed;

    public override bool IsPromise => false;

    /// <summary>What a hook stands for to a peer: of something passed on, the thing itself.</summary>
    public static Hook Passed(Hook hook) => hook is PassedHook wrapper ? PromiseHook.End(wrapper._passed) : hook;

    public override Hook Call(byte[] path, Expression<Hook>? arguments) => arguments is null ? _passed.Get(path) : _passed.Call(path, arguments);

    public override void Ask(IAsker asker) => _passed.Ask(asker);

    internal override void OnReleased() => _passed.Dispose();
}
