using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Messages end to end, and where each ends.</summary>
internal sealed class MessageBuffer
{
    // A session that once sent something large does not hold its buffer for ever.
    private const int KeptBytes = 1 << 20;

    private readonly List<ExportEntry> _borrowers = [];
    private int[] _ends = new int[16];
    private int _count;
    private bool _isSpent;

    public ExpressionWriter Writer { get; } = new();

    public bool IsEmpty => _count == 0;

    /// <summary>Whether nothing stands here that is still to be sent, not even a message that has not ended.</summary>
    public bool IsUntouched => _isSpent || Writer.Position == 0;

    public int Length => _count == 0 ? 0 : _ends[_count - 1];

    public RpcMessages Messages => new(Writer.WrittenMemory[..Length], _ends.AsMemory(0, _count));

    /// <summary>A message begins.</summary>
    public void Begin()
    {
        if (_isSpent)
        {
            Empty();
        }
    }

    /// <summary>Ends a message.</summary>
    /// <returns>Its bytes.</returns>
    public int End()
    {
        int length = Writer.Position - Length;
        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, 2 * _count);
        }

        _ends[_count++] = Writer.Position;
        return length;
    }

    /// <summary>An entry whose result stands here.</summary>
    public void BorrowedBy(ExportEntry entry) => _borrowers.Add(entry);

    /// <summary>What was written behind the last message is dropped.</summary>
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

    /// <summary>Everything has been sent or is dropped. What is quoted stands until the next message begins: by then the peer
    /// has mostly given back what it was told.</summary>
    public void Clear()
    {
        _count = 0;
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
