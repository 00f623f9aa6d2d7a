using System.Text;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes the calls of this side to the peer.</summary>
internal sealed class OutgoingCalls(SessionCore session)
{
    /// <summary>Writes a call, and a pull that requests its result.</summary>
    /// <returns>
    /// Returns false if the target is not an object of the peer, for example because a result has arrived. The call is then made in another
    /// way.
    /// </returns>
    public bool TryInvoke<TArgs>(
        ImportHook target, byte[] path, string? name, TArgs args, PendingCall call, out Exception? error)
        where TArgs : IRpcArguments
    {
        lock (session.Gate)
        {
            if (!CanPush(target, out error))
            {
                return error is not null;
            }

            error = TryWritePush(target.Id, path, name, args);
            if (error is null)
            {
                call.Id = session.Imports.NextCall();
                session.Imports.AddCall(call.Id, call);
                session.Incoming.StartWaiting();
                WritePull(call.Id);
                session.Outbox.FlushDelayed();
            }

            return true;
        }
    }

    /// <summary>Writes a call without a pull message, so the peer does not send the call's result yet.</summary>
    /// <returns>The call's result; null if the target is no object of the peer, such as a promise that has become a local value.</returns>
    public Hook? TryCall<TArgs>(ImportHook target, byte[] path, string? name, TArgs args)
        where TArgs : IRpcArguments
    {
        lock (session.Gate)
        {
            if (!CanPush(target, out Exception? error) && error is null)
            {
                return null;
            }

            error ??= TryWritePush(target.Id, path, name, args);
            return error is null ? AddCall() : PromiseHook.Rejected(session, error);
        }
    }

    /// <summary>
    /// Writes a call with captured arguments, or reads a property if there are none. Takes ownership of the arguments. The caller holds the
    /// session's lock.
    /// </summary>
    public Hook Push(ImportHook target, byte[] path, Expression<Hook>? arguments)
    {
        if (!CanPush(target, out Exception? error))
        {
            error ??= new ObjectDisposedException(nameof(RpcStub), "This reference has been released.");
        }

        error ??= TryWritePush(target.Id, path, arguments);
        for (int i = 0; i < arguments?.References.Count; i++)
        {
            session.Defer(new Deferred(arguments.References[i]));
        }

        if (error is not null)
        {
            return PromiseHook.Rejected(session, error);
        }

        session.FlushSoon();
        return AddCall();
    }

    /// <summary>Requests the result of a call, unless it was requested before. The caller holds the session's lock.</summary>
    public void Pull(ImportHook call)
    {
        if (call is { Kind: ImportKind.Call, IsPulled: false, IsDirect: true } && session.Error is null)
        {
            WritePull(call.Id);
            call.IsPulled = true;
            session.Outbox.FlushDelayed();
        }
    }

    /// <summary>Removes a call that the caller has cancelled. The caller holds the session's lock.</summary>
    /// <returns>True if the call was removed, false if it had already ended.</returns>
    public bool TryCancel(PendingCall call)
    {
        if (!session.Imports.RemoveCall(call.Id, call))
        {
            return false;
        }

        session.Release(call.Id, 1);
        return true;
    }

    /// <summary>
    /// Whether a call through this import can be written. If not, <paramref name="error"/> may contain the reason. The caller holds the
    /// session's lock.
    /// </summary>
    private bool CanPush(ImportHook target, out Exception? error)
    {
        error = session.Error is { } over ? SessionEnding.Broken(over)
            : !session.Options.AllowCallbacks ? CallErrors.NoCallbacks()
            : session.Outbox.UnsentBytes > session.Limits.MaxUnsentBytes ? CallErrors.TooMuchUnsent(session.Limits.MaxUnsentBytes)
            : null;
        return error is null && target.IsDirect;
    }

    private ImportHook AddCall()
    {
        long id = session.Imports.NextCall();
        var call = new ImportHook(session, id, ImportKind.Call);
        session.Imports.AddCall(id, call);
        session.Incoming.StartWaiting();
        session.Outbox.FlushDelayed(isCall: true);
        return call;
    }

    private void WritePull(long id)
    {
        ExpressionWriter writer = session.BeginMessage();
        writer.WriteRaw("[\"pull\","u8);
        writer.WriteInteger(id);
        writer.WriteRaw((byte)']');
        session.EndMessage();
    }

    private ExpressionWriter BeginPush(long id, byte[] path, string? name)
    {
        ExpressionWriter writer = session.BeginMessage();
        writer.WriteRaw("[\"push\",[\"pipeline\","u8);
        writer.WriteInteger(id);
        writer.WriteRaw((byte)',');
        RpcPath.WriteOpen(writer, path, name);
        writer.WriteRaw((byte)']');
        return writer;
    }

    private Exception? TryWritePush<TArgs>(long id, byte[] path, string? name, TArgs args)
        where TArgs : IRpcArguments
    {
        try
        {
            ExpressionWriter writer = BeginPush(id, path, name);
            writer.WriteRaw(",["u8);
            var arguments = new RpcArgumentWriter(session.Serializer, writer, session.Sink);
            args.Write(ref arguments);
            writer.WriteRaw("]]]"u8);
            session.EndMessage();
            return null;
        }
        catch (Exception error) when (error is not NestedMessageException)
        {
            session.DropMessage();
            session.DeferAbort(error);
            return error;
        }
    }

    private Exception? TryWritePush(long id, byte[] path, Expression<Hook>? arguments)
    {
        try
        {
            ExpressionWriter writer = BeginPush(id, path, null);
            if (arguments is not null)
            {
                writer.WriteRaw((byte)',');
                arguments.CopyTo(writer, session.Sink, static (writer, hook, sink) => sink.Write(writer, hook));
            }

            writer.WriteRaw("]]"u8);
            if (IsTooLong(writer.WrittenSpan[session.Outbox.OpenStart..]))
            {
                session.DropMessage();
                return CallErrors.TooLong(session.Limits.MaxMessageSize);
            }

            session.EndMessage();
            return null;
        }
        catch (Exception error) when (error is not NestedMessageException)
        {
            session.DropMessage();
            session.DeferAbort(error);
            return error;
        }
    }

    // Another peer may have sent the arguments. In this message they can be longer than in its own, and this peer would end its session.
    private bool IsTooLong(ReadOnlySpan<byte> message) =>
        message.Length > session.Limits.MaxMessageSize && Encoding.UTF8.GetCharCount(message) > session.Limits.MaxMessageSize;
}
