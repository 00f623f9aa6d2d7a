namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>The answers of a session for which there is no room yet.</summary>
internal sealed class WaitingAnswers(SessionCore session)
{
    private const int MinEntriesToCheck = 1024;

    private readonly Queue<WaitingEntry> _entries = new();
    private readonly List<WaitingAnswer> _results = [];
    private int _count;
    private int _entriesToCheck = MinEntriesToCheck;
    private bool _isSending;

    /// <summary>Whether answers wait. Any thread may ask.</summary>
    public bool HasAny => Volatile.Read(ref _count) > 0;

    public void Add(WaitingAnswer answer)
    {
        lock (session.Gate)
        {
            if (answer is WaitingEntry entry)
            {
                if (_entries.Count >= _entriesToCheck)
                {
                    // The peer may release entries that wait behind the first one, and push new ones.
                    DropReleased();
                    _entriesToCheck = MinEntriesToCheck + (2 * _entries.Count);
                }

                _entries.Enqueue(entry);
            }
            else
            {
                _results.Add(answer);
            }

            Recount();
        }
    }

    /// <summary>Sends or keeps the answers, as far as there is room now.</summary>
    public void Send()
    {
        bool isFirst = true;
        while (HasAny && Take(isFirst) is { } answer)
        {
            isFirst = false;
            answer.Retry(session);
        }
    }

    private void DropReleased()
    {
        for (int left = _entries.Count; left > 0; left--)
        {
            WaitingEntry entry = _entries.Dequeue();
            if (entry.IsPulled)
            {
                _entries.Enqueue(entry);
            }
        }
    }

    private void Recount() => Volatile.Write(ref _count, _entries.Count + _results.Count);

    // A result may fit before an earlier one, because the peer has pulled it. There are few results: no more than running calls. Entries
    // can be many, so that only the first one is looked at.
    private WaitingAnswer? Take(bool isFirst)
    {
        lock (session.Gate)
        {
            if (isFirst && _isSending)
            {
                return null;
            }

            WaitingAnswer? next = null;
            if (_entries.TryPeek(out WaitingEntry? entry) && entry.Fits(session))
            {
                next = _entries.Dequeue();
            }
            else if (_results.FindIndex(result => result.Fits(session)) is >= 0 and var index)
            {
                next = _results[index];
                _results.RemoveAt(index);
            }

            Recount();
            _isSending = next is not null;
            return next;
        }
    }
}

/// <summary>An answer that waits, because the peer has not read earlier ones or has not released earlier results.</summary>
internal abstract class WaitingAnswer
{
    /// <summary>Whether there is room for the answer now. The caller holds the session's lock.</summary>
    public abstract bool Fits(SessionCore session);

    /// <summary>Tries again to send or keep the answer. If there is no room, the answer is queued again.</summary>
    public abstract void Retry(SessionCore session);
}

/// <summary>The result of a call, which is not encoded yet. The call keeps its place among the running ones.</summary>
/// <param name="call">The call.</param>
/// <param name="entry">The entry for the result. It is null if the result is for a hook.</param>
/// <param name="hook">The hook for the result. It is null if the result is for an entry.</param>
/// <param name="value">The result.</param>
/// <param name="length">The length of the encoded result.</param>
/// <param name="references">The references in the result. They are kept, so that no object in it is disposed meanwhile.</param>
internal sealed class WaitingResult<T>(RpcInvocation call, ExportEntry? entry, CallHook? hook, T value, int length, Hook[] references)
    : WaitingAnswer
{
    // This must be false as long as a retry would wait again. Otherwise the retries would not end.
    public override bool Fits(SessionCore session) => session.Error is not null
        || (entry is null
            ? hook!.IsReleased || session.Answers.IsLast || session.Held.Fits(HeldBytes.Of(length, references.Length))
            : session.Answers.HasRoom(entry, length, references.Length));

    public override void Retry(SessionCore session)
    {
        call.Complete(value);
        // The session's lock is not held here.
        foreach (Hook reference in references)
        {
            reference.Dispose();
        }
    }
}

/// <summary>A pulled entry whose result or error is known.</summary>
/// <param name="entry">The entry.</param>
/// <param name="bytes">The approximate size of the answer.</param>
internal sealed class WaitingEntry(ExportEntry entry, long bytes) : WaitingAnswer
{
    // The object of an entry may be used again for another one.
    private readonly long _id = entry.Id;

    /// <summary>Whether the peer still waits for the answer. The caller holds the session's lock.</summary>
    public bool IsPulled => entry.Id == _id && entry is { Count: > 0, IsPulled: true, IsAnswered: false };

    public override bool Fits(SessionCore session) => session.Error is not null || !IsPulled || session.Outbox.Fits(bytes);

    public override void Retry(SessionCore session)
    {
        Hook? hook = null;
        lock (session.Gate)
        {
            if (session.Error is null && IsPulled)
            {
                hook = entry.Hook?.Duplicate();
                if (hook is null)
                {
                    session.Answers.SendText(entry);
                }
            }
        }

        hook?.Observe(entry);
        hook?.Dispose();
        session.RunDeferred();
        session.FlushUnlessReceiving();
    }
}
