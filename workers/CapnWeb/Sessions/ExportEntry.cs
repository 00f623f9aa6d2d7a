using System.Buffers;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// An entry of the export table: the result of a push, or a reference that the peer was given. For a plain call it holds the
/// invocation, and later the result's text. It gets a hook only when another call uses the result.
/// </summary>
internal sealed class ExportEntry(SessionCore session) : IOutcomeObserver
{
    private byte[]? _text;
    private MessageBuffer? _borrowed;
    private int _start;
    private int _length;

    public SessionCore Session { get; } = session;

    public long Id { get; private set; }

    /// <summary>How often the peer was given this entry, minus its releases. At 0 the entry is removed.</summary>
    public long Count { get; set; }

    public Hook? Hook { get; set; }

    /// <summary>The plain call whose result this entry gets.</summary>
    public RpcInvocation? Call { get; set; }

    public bool IsPush { get; private set; }

    /// <summary>Whether the peer waits for the result.</summary>
    public bool IsPulled { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>Whether the answer also releases the entry, as for a <c>stream</c> message.</summary>
    public bool EndsWithAnswer { get; set; }

    /// <summary>Whether a plain call has succeeded and its result is kept as text.</summary>
    public bool HasText => _text is not null || _borrowed is not null;

    public ReadOnlySpan<byte> Text => _borrowed is { } buffer ? buffer.Writer.WrittenSpan.Slice(_start, _length) : _text.AsSpan(0, _length);

    /// <summary>Reuses the object as a new entry.</summary>
    public void Begin(long id, Hook? hook, bool isPush)
    {
        Id = id;
        Count = 1;
        Hook = hook;
        IsPush = isPush;
        IsPulled = IsAnswered = EndsWithAnswer = false;
    }

    /// <summary>
    /// Keeps a result without copying it: its text is the end of a buffer. If the entry still exists when the buffer is written
    /// again, the text is copied then.
    /// </summary>
    public void BorrowText(MessageBuffer buffer, int start)
    {
        _borrowed = buffer;
        _start = start;
        _length = buffer.Writer.Position - start;
        buffer.BorrowedBy(this);
    }

    /// <summary>Copies the borrowed text, because the buffer is about to be overwritten.</summary>
    public void EndBorrow(MessageBuffer buffer)
    {
        if (_borrowed == buffer)
        {
            byte[] text = ArrayPool<byte>.Shared.Rent(_length);
            Text.CopyTo(text);
            _text = text;
            _borrowed = null;
        }
    }

    /// <summary>Under the lock: the entry's hook, created if needed. The entry owns it.</summary>
    public Hook AsHook()
    {
        if (Hook is null)
        {
            Hook = Call is { } running ? running.Promise() : PromiseHook.Resolved(Session, Expression<Hook>.Of(Text, []));
            if (IsPulled && !IsAnswered)
            {
                // The pulled result now arrives through the hook, so the entry has to observe it.
                Session.Defer(new Deferred(Hook, this));
            }
        }

        return Hook;
    }

    public void OnSettled(in Outcome outcome) => Session.Answers.Answer(this, outcome);

    /// <summary>Empties the entry. The caller must dispose the returned hook outside the lock.</summary>
    public Hook? Clear()
    {
        Hook? hook = Hook;
        Hook = null;
        Call = null;
        _borrowed = null;
        if (_text is not null)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = null;
        }

        return hook;
    }
}
