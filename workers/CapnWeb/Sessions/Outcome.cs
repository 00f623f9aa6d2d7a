using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
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
    /// Calls the member at the path, or reads a property if there are no arguments. Takes ownership of the arguments. The caller owns the
    /// returned hook.
    /// </summary>
    public Hook Call(SessionCore session, byte[] path, Expression<Hook>? arguments) => Call(session, path, arguments, path);

    /// <param name="session">The session that creates the result.</param>
    /// <param name="path">The part of the path that has not been followed yet.</param>
    /// <param name="arguments">The arguments of the call. If they are null, a property is read.</param>
    /// <param name="whole">The whole path, from which an error message takes the last name.</param>
    public Hook Call(SessionCore session, byte[] path, Expression<Hook>? arguments, byte[] whole)
    {
        if (Reference is not null)
        {
            return arguments is null ? Reference.Get(path) : Reference.Call(path, arguments);
        }

        if (Error is not null)
        {
            arguments?.Discard();
            return PromiseHook.Rejected(session, Error);
        }

        return CallValue(session, path, arguments, whole);
    }

    /// <summary>Returns the outcome as a value, which the caller must discard.</summary>
    public Expression<Hook> Share() => Value is not null ? Value.Share() : Captured.Of(Reference!.Duplicate());

    /// <summary>Releases the references of the outcome.</summary>
    public void Discard()
    {
        Reference?.Dispose();
        Value?.Discard();
    }

    private Hook CallValue(SessionCore session, byte[] path, Expression<Hook>? arguments, byte[] whole)
    {
        PathEnd<Hook> end;
        try
        {
            end = Value!.Follow(path);
        }
        catch (RpcException error)
        {
            arguments?.Discard();
            return PromiseHook.Rejected(session, error);
        }

        if (end.Reference is not null)
        {
            byte[] rest = RpcPath.Skip(path, end.Taken);
            return arguments is null ? end.Reference.Get(rest) : end.Reference.Call(rest, arguments);
        }

        if (arguments is null)
        {
            return PromiseHook.Resolved(session, end.Value!.Share());
        }

        if (end.Value!.IsReference)
        {
            return end.Value.References[0].Call(RpcPath.Root, arguments);
        }

        arguments.Discard();
        return PromiseHook.Rejected(session, CallErrors.NoFunction(RpcPath.Last(whole)));
    }
}
