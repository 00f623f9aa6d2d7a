using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>A property of something, not read yet: calls go through it, only its value is asked for when it is needed.</summary>
internal sealed class PathHook(Hook owner, byte[] path) : Hook(owner.Session)
{
    private Hook? _read;

    /// <summary>What it is a property of. Held.</summary>
    public Hook Owner { get; } = owner;

    public byte[] Path { get; } = path;

    public override bool IsPromise => true;

    public override Hook Call(byte[] path, Expression<Hook>? arguments) => Owner.Call(RpcPath.Concat(Path, path), arguments);

    public override void Ask(IAsker asker) => Read().Ask(asker);

    public override Outcome TakeOutcome() => Read().TakeOutcome();

    internal override void OnReleased()
    {
        _read?.Dispose();
        Owner.Dispose();
    }

    private Hook Read()
    {
        if (Volatile.Read(ref _read) is { } known)
        {
            return known;
        }
        Hook read = Owner.Get(Path);
        if (Interlocked.CompareExchange(ref _read, read, null) is not { } earlier)
        {
            return read;
        }
        read.Dispose();
        return earlier;
    }
}

/// <summary>Something that the peer passes on as a stub, though it is a value to come: it is not waited for.</summary>
internal sealed class PassedHook(Hook passed) : Hook(passed.Session)
{
    public override bool IsPromise => false;

    public override Hook Call(byte[] path, Expression<Hook>? arguments) => arguments is null ? passed.Get(path) : passed.Call(path, arguments);

    public override void Ask(IAsker asker) => passed.Ask(asker);

    internal override void OnReleased() => passed.Dispose();
}
