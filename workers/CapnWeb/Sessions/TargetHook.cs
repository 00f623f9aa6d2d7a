using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The hook of an object of this process that the peer can call. Every running call is a holder of the hook.</summary>
internal sealed class TargetHook : Hook
{
    private static readonly byte[] s_noArguments = "[]"u8.ToArray();

    private readonly bool _isForeign;

    /// <param name="session">The session that offers the object.</param>
    /// <param name="instance">The object.</param>
    /// <param name="contract">The members that the peer can reach.</param>
    /// <param name="isForeign">Whether other code disposes the object. This hook then does not dispose it.</param>
    public TargetHook(SessionCore session, object instance, RpcContract contract, bool isForeign = false)
        : base(session)
    {
        Instance = instance;
        Contract = contract;
        _isForeign = isForeign;
        if (!isForeign)
        {
            TargetLifetime.Begin(instance);
        }
    }

    public object Instance { get; }

    public RpcContract Contract { get; }

    public override bool IsPromise => false;

    public override void Observe(IOutcomeObserver observer) => observer.OnSettled(Outcome.Of(this));

    public override Hook Call(byte[] path, Expression<Hook>? arguments)
    {
        if (RpcPath.IsRoot(path))
        {
            return CallSelf(arguments);
        }

        byte[] rest = RpcPath.Skip(path, 1);
        if (RpcPath.FirstName(path) is not { } name || !Contract.TryGet(name, out RpcMember? member))
        {
            return Outcome.Of(Expression<Hook>.Undefined).Call(Session, rest, arguments, path);
        }

        return member.Kind == RpcMemberKind.Property ? CallProperty(member, rest, arguments) : CallMethod(member, rest, arguments);
    }

    /// <summary>Runs a member. The caller owns the returned hook.</summary>
    public Hook Run(RpcMember member, Expression<Hook> arguments)
    {
        if (Session.Incoming.TryBegin() is { } refusal)
        {
            arguments.Discard();
            return PromiseHook.Rejected(Session, refusal);
        }

        var result = new CallHook(Session);
        RpcInvocation call = Session.Incoming.Rent();
        call.Prepare(this, member, result);
        Delivery.Run(arguments, Session, call);
        return result;
    }

    internal override void OnReleased()
    {
        if (!_isForeign)
        {
            TargetLifetime.End(Instance, Session);
        }
    }

    private Hook CallSelf(Expression<Hook>? arguments)
    {
        if (arguments is null)
        {
            return Duplicate();
        }

        if (Contract.Self is { } self)
        {
            return Run(self, arguments);
        }

        arguments.Discard();
        return PromiseHook.Rejected(Session, CallErrors.NoFunction(""));
    }

    private Hook CallMethod(RpcMember member, byte[] rest, Expression<Hook>? arguments)
    {
        if (RpcPath.IsRoot(rest))
        {
            return arguments is null ? new MethodHook((TargetHook)Duplicate(), member) : Run(member, arguments);
        }

        return Outcome.Of(Expression<Hook>.Undefined).Call(Session, RpcPath.Skip(rest, 1), arguments, rest);
    }

    private Hook CallProperty(RpcMember member, byte[] rest, Expression<Hook>? arguments)
    {
        Hook read = Run(member, new Expression<Hook>(s_noArguments, [], []));
        if (arguments is null && RpcPath.IsRoot(rest))
        {
            return read;
        }

        Hook called = arguments is null ? read.Get(rest) : read.Call(rest, arguments);
        read.Dispose();
        return called;
    }
}

/// <summary>The hook of a method that the peer has read like a property, in order to call it as a function.</summary>
internal sealed class MethodHook(TargetHook owner, RpcMember member) : Hook(owner.Session)
{
    public override bool IsPromise => false;

    public override void Observe(IOutcomeObserver observer) => observer.OnSettled(Outcome.Of(this));

    public override Hook Call(byte[] path, Expression<Hook>? arguments) => RpcPath.IsRoot(path) && arguments is not null
        ? owner.Run(member, arguments)
        : Outcome.Of(Expression<Hook>.Undefined).Call(Session, RpcPath.Skip(path, 1), arguments, path);

    internal override void OnReleased() => owner.Dispose();
}
