using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Messages that a session writes. Export entries may borrow the text of their results from the buffer.</summary>
internal sealed class MessageBuffer : MessageList
{
    private readonly List<ExportEntry> _borrowers = [];
    private bool _isSpent;

    /// <summary>Whether nothing waits here to be sent, not even a message that has not ended.</summary>
    public bool IsUntouched => _isSpent || Writer.Position == 0;

    /// <summary>Starts a message.</summary>
    public void Begin()
    {
        if (_isSpent)
        {
            Empty();
        }
    }

    /// <summary>Ends a message.</summary>
    /// <returns>The length of the message in bytes.</returns>
    public int End()
    {
        int length = Writer.Position - Length;
        AddEnd(Writer.Position);
        return length;
    }

    /// <summary>Adds an entry that borrows the text of its result.</summary>
    public void BorrowedBy(ExportEntry entry) => _borrowers.Add(entry);

    /// <summary>Drops the message that has not ended.</summary>
    public void Rollback()
    {
        if (_isSpent)
        {
            return;
        }

        if (_borrowers.Count > 0)
        {
            _borrowers[^1].EndBorrow(this);
        }

        Writer.Rollback(Length);
    }

    /// <summary>
    /// Removes all messages. Borrowed texts stay until the next message starts. By then the peer has usually released the results,
    /// and they need no copy.
    /// </summary>
    public void Clear()
    {
        ClearEnds();
        _isSpent = true;
        if (Writer.Position > KeptBytes)
        {
            Empty();
            Writer.Dispose();
        }
    }

    private void Empty()
    {
        foreach (ExportEntry entry in _borrowers)
        {
            entry.EndBorrow(this);
        }

        _borrowers.Clear();
        Writer.Clear();
        _isSpent = false;
    }
}
