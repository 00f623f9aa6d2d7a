using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The outcome of a hook: exactly one of a reference, a value and an error.</summary>
internal readonly struct Outcome
{
    private Outcome(Hook? reference, Expression<Hook>? value, Exception? error)
    {
        Reference = reference;
        Value = value;
        Error = error;
    }

    public Hook? Reference { get; }

    public Expression<Hook>? Value { get; }

    public Exception? Error { get; }

    public static Outcome Of(Hook reference) => new(reference, null, null);

    /// <summary>Creates an outcome from a value. If the value is a single reference, the outcome is that reference.</summary>
    public static Outcome Of(Expression<Hook> value) =>
        value.IsReference ? new(value.References[0], null, null) : new(null, value, null);

    public static Outcome Failed(Exception error) => new(null, null, error);

    /// <summary>
    /// Follows the path by one step, to a reference or through a value. If the step throws, it has not taken ownership of the arguments.
    /// </summary>
    /// <param name="session">The session that creates the result.</param>
    /// <param name="path">The path.</param>
    /// <param name="arguments">The arguments of the call. If they are null, a property is read.</param>
    public CallStep Step(SessionCore session, PathRest path, Expression<Hook>? arguments)
    {
        if (Reference is not null)
        {
            return GoOn(Reference, path, arguments);
        }

        if (Error is not null)
        {
            arguments?.Discard();
            return CallStep.Of(PromiseHook.Rejected(session, Error));
        }

        PathEnd<Hook> end = Value!.Follow(path);
        if (end.Reference is not null)
        {
            return GoOn(end.Reference, path.Skip(end.Taken), arguments);
        }

        if (arguments is null)
        {
            return CallStep.Of(PromiseHook.Resolved(session, end.Value!.Detach().Share()));
        }

        return end.Value!.IsReference
            ? GoOn(end.Value.References[0], PathRest.Root, arguments)
            : throw CallErrors.NoFunction(path.Last);
    }

    /// <summary>Returns the outcome as a value, which the caller must discard.</summary>
    public Expression<Hook> Share() => Value is not null ? Value.Share() : Captured.Of(Reference!.Duplicate());

    /// <summary>Returns the number of bytes that a session keeps with the outcome. After its end a session counts nothing.</summary>
    public long Held(SessionCore session) => session.Error is not null || Reference is not null ? 0
        : Value is not null ? HeldBytes.Of(Value)
        : HeldBytes.Of(Error!);

    /// <summary>Releases the references of the outcome.</summary>
    public void Discard()
    {
        Reference?.Dispose();
        Value?.Discard();
    }

    private static CallStep GoOn(Hook reference, PathRest path, Expression<Hook>? arguments) => arguments is null && path.IsEmpty
        ? CallStep.Of(reference.Duplicate())
        : CallStep.GoOnAt(reference, path);
}
