using System.Buffers;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// An entry of the export table: the result of a push, or a reference that was sent to the peer. For a simple call, the entry has the
/// invocation, and later the result's text. It gets a hook only when another call uses the result.
/// </summary>
internal sealed class ExportEntry(SessionCore session) : IOutcomeObserver
{
    // A longer text gets an array of its length, which takes less memory than one of the pool.
    private const int MaxRented = 16 * 1024;

    private byte[]? _text;
    private MessageBuffer? _borrowed;
    private int _start;
    private int _length;

    public SessionCore Session { get; } = session;

    public long Id { get; private set; }

    /// <summary>How often this entry was sent to the peer, minus the peer's releases. At 0 the entry is removed.</summary>
    public long Count { get; set; }

    public Hook? Hook { get; set; }

    /// <summary>The running call whose result this entry gets. It is null if the result comes through a hook.</summary>
    public RpcInvocation? Call { get; set; }

    public bool IsPush { get; private set; }

    /// <summary>The budget for answering promises in this result. It is null if there are none.</summary>
    public WorkBudget? Work { get; set; }

    /// <summary>Whether the peer has pulled the result and waits for it.</summary>
    public bool IsPulled { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>Whether the answer also releases the entry, as for a <c>stream</c> message.</summary>
    public bool EndsWithAnswer { get; set; }

    /// <summary>Whether the call has succeeded and its result is kept as text.</summary>
    public bool HasText => _text is not null || _borrowed is not null;

    public ReadOnlySpan<byte> Text => _borrowed is { } buffer ? buffer.Writer.WrittenSpan.Slice(_start, _length) : _text.AsSpan(0, _length);

    /// <summary>Initialises this reused object as a new entry.</summary>
    public void Begin(long id, Hook? hook, bool isPush)
    {
        Id = id;
        Count = 1;
        Hook = hook;
        IsPush = isPush;
        Work = null;
        IsPulled = IsAnswered = EndsWithAnswer = false;
    }

    /// <summary>
    /// Keeps the text of a result without copying it. The text is at the end of a message buffer. If the entry still exists when the buffer
    /// is overwritten, the text is copied first.
    /// </summary>
    public void BorrowText(MessageBuffer buffer, int start)
    {
        _borrowed = buffer;
        _start = start;
        _length = buffer.Writer.Position - start;
        Session.Exports.TextBytes += _length;
        buffer.BorrowedBy(this);
    }

    /// <summary>Copies the borrowed text, because the buffer is about to be overwritten.</summary>
    public void EndBorrow(MessageBuffer buffer)
    {
        if (_borrowed == buffer)
        {
            byte[] text = _length <= MaxRented ? ArrayPool<byte>.Shared.Rent(_length) : new byte[_length];
            Text.CopyTo(text);
            // The pool's arrays are up to twice as long as requested.
            Session.Exports.TextBytes += text.Length - _length;
            _text = text;
            _borrowed = null;
        }
    }

    /// <summary>
    /// Returns the hook of the entry, and creates it if there is none. The entry owns the hook. The caller holds the session's lock.
    /// </summary>
    public Hook AsHook()
    {
        if (Hook is null)
        {
            // A result that was sent without being kept is lost for later calls.
            Hook = Call is { } running ? running.Promise()
                : HasText ? PromiseHook.Resolved(Session, Expression<Hook>.Of(Text, []))
                : PromiseHook.Rejected(Session, CallErrors.TooMuchHeld(Session.Limits.MaxHeldBytes));
            if (IsPulled && !IsAnswered)
            {
                // The pulled result will now arrive through the hook, so the entry has to wait for the hook's outcome.
                Session.Defer(new Deferred(Hook, this));
            }
        }

        return Hook;
    }

    public void OnSettled(in Outcome outcome) => Session.Answers.Answer(this, outcome);

    /// <summary>
    /// Empties the entry and returns its hook. The caller must dispose the hook after it has released the session's lock.
    /// </summary>
    public Hook? Clear()
    {
        Hook? hook = Hook;
        Hook = null;
        Call = null;
        Session.Exports.TextBytes -= _text?.Length ?? (HasText ? _length : 0);
        _borrowed = null;
        if (_text is not null && _length <= MaxRented)
        {
            ArrayPool<byte>.Shared.Return(_text);
        }

        _text = null;

        return hook;
    }
}
