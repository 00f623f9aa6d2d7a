using WorkerRpc.CapnWeb.Transports;
using WorkerRpc.CapnWeb.Values;

namespace WorkerRpc.CapnWeb.Sessions;

/// <summary>Messages end to end, and where each ends.</summary>
internal sealed class MessageBuffer
{
    // A session that once sent something large does not hold its buffer for ever.
    private const int KeptBytes = 1 << 20;

    private readonly List<ExportEntry> _quoting = [];
    private int[] _ends = new int[16];
    private int _count;

    public ExpressionWriter Writer { get; } = new();

    public bool IsEmpty => _count == 0;

    /// <summary>Whether nothing stands here, not even a message that has not ended.</summary>
    public bool IsUntouched => Writer.Position == 0;

    public int Length => _count == 0 ? 0 : _ends[_count - 1];

    public RpcMessages Messages => new(Writer.WrittenMemory[..Length], _ends.AsMemory(0, _count));

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
    public void QuotedBy(ExportEntry entry) => _quoting.Add(entry);

    /// <summary>What was written behind the last message is dropped.</summary>
    public void Rollback()
    {
        if (_quoting.Count > 0)
        {
            _quoting[^1].EndQuote(this);
        }
        Writer.Rollback(Length);
    }

    public void Clear()
    {
        foreach (ExportEntry entry in _quoting)
        {
            entry.EndQuote(this);
        }
        _quoting.Clear();
        _count = 0;
        if (Writer.Position > KeptBytes)
        {
            Writer.Dispose();
        }
        else
        {
            Writer.Clear();
        }
    }
}
