using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes calls to the peer.</summary>
internal sealed class PeerCalls(SessionCore session)
{
    /// <summary>Calls and asks for the result at once.</summary>
    /// <returns>False where the target has turned out to be something else than the peer's, and the call goes another way.</returns>
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
                WritePull(call.Id);
                session.Outbox.FlushEventually();
            }
            return true;
        }
    }

    /// <summary>Calls, and asks for nothing yet.</summary>
    /// <returns>Null where the target has turned out to be something else than the peer's.</returns>
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

    /// <summary>Under the lock: calls with captured arguments, which are taken over, or reads a property.</summary>
    public Hook Push(ImportHook target, byte[] path, Expression<Hook>? arguments)
    {
        if (!CanPush(target, out Exception? error))
        {
            error ??= new ObjectDisposedException(nameof(RpcStub), "This reference has been given back.");
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

    /// <summary>Under the lock: asks for a call's result, once.</summary>
    public void Pull(ImportHook call)
    {
        if (call is { Kind: ImportKind.Call, IsPulled: false, IsDirect: true } && session.Error is null)
        {
            WritePull(call.Id);
            call.IsPulled = true;
            session.Outbox.FlushEventually();
        }
    }

    /// <summary>Under the lock: a call that the caller has given up.</summary>
    /// <returns>False where its end had come before.</returns>
    public bool TryGiveUp(PendingCall call)
    {
        if (!session.Imports.RemoveCall(call.Id, call))
        {
            return false;
        }
        session.Release(call.Id, 1);
        return true;
    }

    /// <summary>Under the lock: whether the peer can be called through this; the error says why not, where it is one.</summary>
    private bool CanPush(ImportHook target, out Exception? error)
    {
        error = session.Error is { } over ? SessionEnding.Broken(over)
            : !session.Options.AllowCallbacks ? CallErrors.NoCallbacks()
            : null;
        return error is null && target.IsDirect;
    }

    private ImportHook AddCall()
    {
        long id = session.Imports.NextCall();
        var call = new ImportHook(session, id, ImportKind.Call);
        session.Imports.AddCall(id, call);
        session.Outbox.FlushEventually(isCall: true);
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
}
