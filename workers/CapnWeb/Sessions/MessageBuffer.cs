using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>
/// The messages that a session writes. Export entries may use the text of their results in this buffer without copying it.
/// </summary>
internal sealed class MessageBuffer : MessageList
{
    private readonly List<ExportEntry> _borrowers = [];
    private bool _isSpent;

    /// <summary>Whether the buffer is empty: no message waits to be sent, and none has been started.</summary>
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

    /// <summary>Records that an entry uses the text of its result in this buffer.</summary>
    public void BorrowedBy(ExportEntry entry) => _borrowers.Add(entry);

    /// <summary>Removes the message that was started but not ended.</summary>
    public void Rollback()
    {
        if (_isSpent)
        {
            return;
        }

        if (_borrowers.Count > 0)
        {
            _borrowers[^1].EndBorrow(this);
            _borrowers.RemoveAt(_borrowers.Count - 1);
        }

        Writer.Rollback(Length);
    }

    /// <summary>
    /// Removes all messages, but keeps their bytes until the next message starts: export entries may still use them. By then the peer has
    /// usually released the results, so the entries need no copies.
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
