using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>A list of messages, whose bytes follow one another in one reused buffer. Not safe for concurrent use.</summary>
internal abstract class MessageList
{
    /// <summary>The maximum size of the buffer that an empty list keeps, in bytes. A larger buffer returns to the pool.</summary>
    protected const int KeptBytes = 1 << 20;

    private const int FirstMessages = 16;
    private const int KeptMessages = 1 << 16;

    private int[] _ends = [];
    private int _count;

    public ExpressionWriter Writer { get; } = new();

    public bool IsEmpty => _count == 0;

    /// <summary>The total length of all complete messages, in bytes. Any thread may read it.</summary>
    public int Length { get; private set; }

    public RpcMessages Messages => new(Writer.WrittenMemory[..Length], _ends.AsMemory(0, _count));

    /// <summary>Records that a message is complete and ends at this offset.</summary>
    protected void AddEnd(int end)
    {
        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, Math.Max(FirstMessages, 2 * _count));
        }

        _ends[_count++] = end;
        Length = end;
    }

    /// <summary>Removes all messages from the list. Their bytes stay in the buffer until the caller clears it.</summary>
    protected void ClearEnds()
    {
        _count = 0;
        Length = 0;
        _ends = _ends.Length > KeptMessages ? [] : _ends;
    }
}
