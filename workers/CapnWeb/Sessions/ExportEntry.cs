using System.Buffers;
using WorkerRpc.CapnWeb.Values.Forms;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>One entry of the table of what the peer can name: a push's result, or a reference given away.
/// A plain call keeps only its invocation and then its result's text; it becomes a hook when somebody builds on it.</summary>
internal sealed class ExportEntry(SessionCore session) : IAsker
{
    private byte[]? _text;
    private MessageBuffer? _quoted;
    private int _start;
    private int _length;

    public SessionCore Session { get; } = session;

    public long Id { get; private set; }

    /// <summary>How often the peer was told of it, less what it gave back. 0: no longer in the table.</summary>
    public long Count { get; set; }

    public Hook? Hook { get; set; }

    /// <summary>The plain call that runs for it.</summary>
    public RpcInvocation? Call { get; set; }

    public bool IsPush { get; private set; }

    /// <summary>Whether its end is to be told, once.</summary>
    public bool IsPulled { get; set; }

    public bool IsAnswered { get; set; }

    /// <summary>Whether the answer also gives it back (a <c>stream</c> message).</summary>
    public bool EndsWithAnswer { get; set; }

    /// <summary>Whether a plain call has succeeded and its text is kept.</summary>
    public bool HasText => _text is not null || _quoted is not null;

    public ReadOnlySpan<byte> Text => _quoted is { } buffer ? buffer.Writer.WrittenSpan.Slice(_start, _length) : _text.AsSpan(0, _length);

    /// <summary>Begins again as another entry.</summary>
    public void Begin(long id, Hook? hook, bool isPush)
    {
        Id = id;
        Count = 1;
        Hook = hook;
        IsPush = isPush;
        IsPulled = IsAnswered = EndsWithAnswer = false;
    }

    /// <summary>A plain result, which is kept for as long as the peer can name it, is what has been written to the end of a
    /// buffer since then. It is copied where it is still kept when the buffer is written to again.</summary>
    public void Quote(MessageBuffer buffer, int start)
    {
        _quoted = buffer;
        _start = start;
        _length = buffer.Writer.Position - start;
        buffer.QuotedBy(this);
    }

    /// <summary>What is quoted from the buffer is about to be overwritten.</summary>
    public void EndQuote(MessageBuffer buffer)
    {
        if (_quoted == buffer)
        {
            byte[] text = ArrayPool<byte>.Shared.Rent(_length);
            Text.CopyTo(text);
            _text = text;
            _quoted = null;
        }
    }

    /// <summary>What it stands for, as a hook that others can hold. It stays the entry's. Under the session's lock.</summary>
    public Hook AsHook()
    {
        if (Hook is null)
        {
            Hook = Call is { } running ? running.Promise() : PromiseHook.Resolved(Session, Expression<Hook>.Of(Text, []));
            if (IsPulled && !IsAnswered)
            {
                // The call's end is told to the hook from now on, and by it to those who wait.
                Session.Defer(new Deferred(Hook, this));
            }
        }
        return Hook;
    }

    public void Settled(in Outcome outcome) => Session.Answers.Answer(this, outcome);

    /// <summary>Empties it. What is to be let go outside the lock is returned.</summary>
    public Hook? Clear()
    {
        Hook? hook = Hook;
        Hook = null;
        Call = null;
        _quoted = null;
        if (_text is not null)
        {
            ArrayPool<byte>.Shared.Return(_text);
            _text = null;
        }
        return hook;
    }
}
