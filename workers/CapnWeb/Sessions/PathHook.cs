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

    protected override Hook? Successor => Read();

    public override Outcome TakeOutcome() => Read().TakeOutcome();

    internal override void OnReleased()
    {
        _read?.Dispose();
        if (ownsOwner)
        {
            Owner.Dispose();
        }
    }

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments)
    {
        if (!Owner.TryAddHolder())
        {
            throw OwnerDisposed();
        }

        return CallStep.GoOnAtOwned(Owner, new PathRest(Concat(path)));
    }

    private static ObjectDisposedException OwnerDisposed() =>
        new(nameof(RpcStub), "What this is a property of has been disposed: expected it in use still, or a duplicate of the property.");

    private PropertyPath Concat(PathRest path)
    {
        byte[] whole = RpcPath.Concat(Path, path.Text);
        var joined = new PropertyPath(whole, path.Work);
        return joined.Count <= Session.Limits.MaxPathParts ? joined : throw FormGrammar.TooLongPath(Session.Limits.MaxPathParts);
    }

    private Hook Read()
    {
        if (Volatile.Read(ref _read) is { } known)
        {
            return known;
        }

        Hook read = Call(PathRest.Root, null);
        if (Interlocked.CompareExchange(ref _read, read, null) is not { } earlier)
        {
            return read;
        }

        read.Dispose();
        return earlier;
    }
}

/// <summary>A promise that the peer sends as a stub. Nobody waits for its result.</summary>
internal sealed class ForwardedHook(Hook passed) : Hook(passed.Session)
{
    /// <summary>The promise that is forwarded.</summary>
    public Hook Target { get; } = passed;

    public override bool IsPromise => false;

    protected override Hook Successor => Target;

    /// <summary>Returns the hook to send to a peer: the end of a chain of forwarded and settled promises.</summary>
    public static Hook Passed(Hook hook)
    {
        hook = PromiseHook.Unwrap(hook);
        while (hook is ForwardedHook wrapper)
        {
            hook = PromiseHook.Unwrap(wrapper.Target);
        }

        return hook;
    }

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments) => CallStep.GoOnAt(Target, path);

    internal override void OnReleased() => Target.Dispose();
}
