using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// Writes references into the current message, either as an id that the peer knows or as a new export. The caller holds the session's lock.
/// </summary>
internal sealed class SessionSink(SessionCore session) : ReferenceSink
{
    // The new exports in the current message. They are removed from the table if the message is dropped.
    private readonly List<ExportEntry> _exported = [];

    /// <summary>The budget of the answer that is being written, for the promises in it. It is null for other messages.</summary>
    public WorkBudget? Work { get; set; }

    public override bool IsReference(object value) => ReferenceHooks.IsReference(value);

    public override int Mark() => _exported.Count;

    public override void Rollback(int mark)
    {
        for (int i = _exported.Count - 1; i >= mark; i--)
        {
            if (session.Exports.Remove(_exported[i], out _) is { } hook)
            {
                session.Defer(new Deferred(hook));
            }
        }

        _exported.RemoveRange(mark, _exported.Count - mark);
    }

    public override Exception? Rewrite(Exception error) => session.Options.OnSendError?.Invoke(error);

    public override void Write(ExpressionWriter writer, object reference)
    {
        Hook hook = ReferenceHooks.CreateHook(reference, session);
        session.Defer(new Deferred(hook));
        Write(writer, hook);
    }

    /// <summary>Writes a reference to the hook. The caller still owns the hook.</summary>
    public void Write(ExpressionWriter writer, Hook hook)
    {
        Hook end = ForwardedHook.Passed(hook);
        if (end is PathHook path && PromiseHook.Unwrap(path.Owner) is ImportHook owner && IsOwnImport(owner))
        {
            WriteForm(writer, "[\"pipeline\","u8, owner.Id, path.Path);
        }
        else if (end is ImportHook import && IsOwnImport(import))
        {
            WriteForm(writer, import.IsPromise ? "[\"pipeline\","u8 : "[\"import\","u8, import.Id, RpcPath.Root);
        }
        else
        {
            Export(writer, end);
        }
    }

    /// <summary>
    /// Makes the new exports permanent, because the message is complete. Each entry of a promise starts to wait for its outcome.
    /// </summary>
    public void CommitExports()
    {
        foreach (ExportEntry entry in _exported)
        {
            if (entry.Hook!.IsPromise)
            {
                entry.Work = Work;
                session.Exports.Pull(entry);
                // Adds a holder, because the peer may release the entry before the queued work runs.
                Hook hook = entry.Hook.Duplicate();
                session.Defer(new Deferred(hook, entry));
                session.Defer(new Deferred(hook));
            }
        }

        _exported.Clear();
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

    private bool IsOwnImport(ImportHook hook) => hook.Session == session && hook.IsDirect;

    private void Export(ExpressionWriter writer, Hook hook)
    {
        if (hook.IsPromise)
        {
            // An entry in the table and a message of its own.
            Work?.Spend(2 * WorkBudget.UnitsPerStep);
        }

        ExportEntry entry = session.Exports.AddExport(hook.Duplicate());
        _exported.Add(entry);
        WriteForm(writer, hook.IsPromise ? "[\"promise\","u8 : "[\"export\","u8, entry.Id, RpcPath.Root);
    }
}
