using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Collects the references of a value that is kept as text. It handles one value at a time.</summary>
/// <param name="session">The session that creates the hooks for the references.</param>
/// <param name="takesStubs">
/// Whether the captured value takes ownership of the stubs in it. It does for a result. For arguments, the caller keeps the stubs.
/// </param>
internal sealed class CaptureSink(SessionCore session, bool takesStubs) : ReferenceSink
{
    private readonly List<Hook> _hooks = [];
    private readonly List<RpcStub> _taken = [];

    public int Count => _hooks.Count;

    public override bool IsReference(object value) => ReferenceHooks.IsReference(value);

    public override void Write(ExpressionWriter writer, object reference)
    {
        _hooks.Add(ReferenceHooks.CreateHook(reference, session));
        if (takesStubs && RpcReference.Find(reference) is { } stub)
        {
            _taken.Add(stub);
        }

        writer.WriteRaw(Captured.Placeholder);
    }

    public override int Mark() => _hooks.Count;

    public override void Rollback(int mark)
    {
        lock (session.Gate)
        {
            for (int i = mark; i < _hooks.Count; i++)
            {
                session.Defer(new Deferred(_hooks[i]));
            }
        }

        _hooks.RemoveRange(mark, _hooks.Count - mark);
    }

    public override Exception? Rewrite(Exception error) => session.Options.OnSendError?.Invoke(error);

    /// <summary>Returns the captured value, and the stubs whose ownership it has taken. The caller owns both.</summary>
    public Expression<Hook> Take(ReadOnlySpan<byte> text, out RpcStub[] taken)
    {
        taken = _taken.Count == 0 ? [] : [.. _taken];
        Expression<Hook> value = Expression<Hook>.Of(text, [.. _hooks]);
        _hooks.Clear();
        _taken.Clear();
        return value;
    }

    /// <summary>Returns the captured references without their value. The caller owns them. The stubs in the value stay usable.</summary>
    public Hook[] TakeHooks()
    {
        Hook[] hooks = [.. _hooks];
        _hooks.Clear();
        _taken.Clear();
        return hooks;
    }

    /// <summary>Releases the captured references.</summary>
    public void Drop()
    {
        Rollback(0);
        _taken.Clear();
    }
}
