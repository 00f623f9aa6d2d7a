using WorkerRpc.CapnWeb.Values.Forms;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Writes placeholders and remembers what they stand for. One value at a time.</summary>
/// <param name="session">Makes hooks of targets.</param>
/// <param name="takesStubs">Whether stubs are given away by what is captured, as in a result; else they stay the caller's.</param>
internal sealed class CaptureSink(SessionCore session, bool takesStubs) : ReferenceSink
{
    private readonly List<Hook> _hooks = [];
    private readonly List<RpcStub> _taken = [];

    public int Count => _hooks.Count;

    public override bool IsReference(object value) => ReferenceHooks.Is(value);

    public override void Write(ExpressionWriter writer, object reference)
    {
        _hooks.Add(ReferenceHooks.Hold(reference, session));
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

    /// <summary>What was captured, which is the caller's, and the stubs that are used up by it, to be disposed.</summary>
    public Expression<Hook> Take(ReadOnlySpan<byte> text, out RpcStub[] taken)
    {
        taken = _taken.Count == 0 ? [] : [.. _taken];
        Expression<Hook> value = Expression<Hook>.Of(text, [.. _hooks]);
        _hooks.Clear();
        _taken.Clear();
        return value;
    }

    /// <summary>Gives up what was captured.</summary>
    public void Drop()
    {
        Rollback(0);
        _taken.Clear();
    }
}
