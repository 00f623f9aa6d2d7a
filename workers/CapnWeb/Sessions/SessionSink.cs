using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes references as the peer knows them or shall know them, into the message under way. Under the session's lock.</summary>
internal sealed class SessionSink(SessionCore session) : ReferenceSink
{
    // What this message has given the peer so far.
    private readonly List<ExportEntry> _given = [];

    public override bool IsReference(object value) => ReferenceHooks.Is(value);

    public override int Mark() => _given.Count;

    public override void Rollback(int mark)
    {
        for (int i = _given.Count - 1; i >= mark; i--)
        {
            if (session.Exports.Remove(_given[i], out _) is { } hook)
            {
                session.Defer(new Deferred(hook));
            }
        }
        _given.RemoveRange(mark, _given.Count - mark);
    }

    public override Exception? Rewrite(Exception error) => session.Options.OnSendError?.Invoke(error);

    public override void Write(ExpressionWriter writer, object reference)
    {
        Hook hook = ReferenceHooks.Hold(reference, session);
        session.Defer(new Deferred(hook));
        Write(writer, hook);
    }

    /// <summary>Writes a hook, which stays its holder's.</summary>
    public void Write(ExpressionWriter writer, Hook hook)
    {
        Hook end = PassedHook.Passed(PromiseHook.End(hook));
        if (end is PathHook path && PromiseHook.End(path.Owner) is ImportHook owner && IsMine(owner))
        {
            WriteForm(writer, "[\"pipeline\","u8, owner.Id, path.Path);
        }
        else if (end is ImportHook import && IsMine(import))
        {
            WriteForm(writer, import.IsPromise ? "[\"pipeline\","u8 : "[\"import\","u8, import.Id, RpcPath.Root);
        }
        else
        {
            Give(writer, end);
        }
    }

    /// <summary>The message is complete: what it gives is given. Promises are told of when they end.</summary>
    public void Keep()
    {
        foreach (ExportEntry entry in _given)
        {
            if (entry.Hook!.IsPromise)
            {
                session.Exports.Pull(entry);
                // Held once more, for the peer may give it back before it is asked.
                Hook hook = entry.Hook.Duplicate();
                session.Defer(new Deferred(hook, entry));
                session.Defer(new Deferred(hook));
            }
        }
        _given.Clear();
    }

    private static void WriteForm(ExpressionWriter writer, ReadOnlySpan<byte> opening, long id, byte[] path)
    {
        writer.WriteRaw(opening);
        writer.WriteInteger(id);
        if (!RpcPath.IsRoot(path))
        {
            writer.WriteRaw((byte)',');
            writer.WriteRaw(path);
        }
        writer.WriteRaw((byte)']');
    }

    private bool IsMine(ImportHook hook) => hook.Session == session && hook.IsDirect;

    private void Give(ExpressionWriter writer, Hook hook)
    {
        ExportEntry entry = session.Exports.AddGiven(hook.Duplicate());
        _given.Add(entry);
        WriteForm(writer, hook.IsPromise ? "[\"promise\","u8 : "[\"export\","u8, entry.Id, RpcPath.Root);
    }
}
