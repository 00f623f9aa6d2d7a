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
        TargetLifetime.Begin(instance, isForeign);
    }

    public object Instance { get; }

    public RpcContract Contract { get; }

    public override bool IsPromise => false;

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments)
    {
        if (path.IsEmpty)
        {
            return CallStep.Of(CallSelf(arguments, path.Work));
        }

        PathRest rest = path.Skip(1);
        if (path[0].IsNumber || !Contract.TryGet(path[0].Name, out RpcMember? member))
        {
            return Outcome.Of(Expression<Hook>.Undefined).Step(Session, rest, arguments);
        }

        path.Work?.Spend(WorkBudget.UnitsPerStep);
        return member.Kind == RpcMemberKind.Property ? CallProperty(member, rest, arguments) : CallMethod(member, rest, arguments);
    }

    /// <summary>Runs a member. The caller owns the returned hook.</summary>
    /// <param name="member">The member.</param>
    /// <param name="arguments">The arguments. This method takes ownership of them.</param>
    /// <param name="work">The budget of the message that makes the call. It is null for a call of this side.</param>
    public Hook Run(RpcMember member, Expression<Hook> arguments, WorkBudget? work)
    {
        arguments = member.ParameterCount is { } count ? arguments.TakeArguments(count) : arguments;
        if (Session.Incoming.TryAdd() is { } refusal)
        {
            arguments.Discard();
            return PromiseHook.Rejected(Session, refusal);
        }

        var result = new CallHook(Session);
        RpcInvocation call = Session.Incoming.Rent();
        call.Prepare(this, member, result, work);
        if (!call.TryHold(arguments))
        {
            arguments.Discard();
            call.Fail(CallErrors.TooMuchHeld(Session.Limits.MaxHeldBytes));
            return result;
        }

        Delivery.Run(arguments, Session, call, work);
        return result;
    }

    internal override void OnReleased()
    {
        if (!_isForeign)
        {
            TargetLifetime.End(Instance, Session);
        }
    }

    private Hook CallSelf(Expression<Hook>? arguments, WorkBudget? work)
    {
        if (arguments is null)
        {
            return Duplicate();
        }

        if (Contract.Self is { } self)
        {
            return Run(self, arguments, work);
        }

        arguments.Discard();
        return PromiseHook.Rejected(Session, CallErrors.NoFunction(""));
    }

    private CallStep CallMethod(RpcMember member, PathRest rest, Expression<Hook>? arguments) =>
        !rest.IsEmpty ? Outcome.Of(Expression<Hook>.Undefined).Step(Session, rest.Skip(1), arguments)
        : CallStep.Of(arguments is null ? new MethodHook((TargetHook)Duplicate(), member) : Run(member, arguments, rest.Work));

    private CallStep CallProperty(RpcMember member, PathRest rest, Expression<Hook>? arguments)
    {
        Hook read = Run(member, new Expression<Hook>(s_noArguments, [], []), rest.Work);
        return arguments is null && rest.IsEmpty ? CallStep.Of(read) : CallStep.GoOnAtOwned(read, rest);
    }
}

/// <summary>The hook of a method that the peer has read like a property, in order to call it as a function.</summary>
internal sealed class MethodHook(TargetHook owner, RpcMember member) : Hook(owner.Session)
{
    public override bool IsPromise => false;

    protected override CallStep Step(PathRest path, Expression<Hook>? arguments) => path.IsEmpty && arguments is not null
        ? CallStep.Of(owner.Run(member, arguments, path.Work))
        : Outcome.Of(Expression<Hook>.Undefined).Step(Session, path.Skip(1), arguments);

    internal override void OnReleased() => owner.Dispose();
}
