using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Messages in one buffer, one after another. The buffer is reused. Not safe for concurrent use.</summary>
internal abstract class MessageList
{
    /// <summary>Maximum memory that an empty list keeps. After something large, the memory returns to the pool.</summary>
    protected const int KeptBytes = 1 << 20;

    private const int FirstMessages = 16;
    private const int KeptMessages = 1 << 16;

    private int[] _ends = [];
    private int _count;

    public ExpressionWriter Writer { get; } = new();

    public bool IsEmpty => _count == 0;

    /// <summary>Bytes of all messages that have ended.</summary>
    public int Length => _count == 0 ? 0 : _ends[_count - 1];

    public RpcMessages Messages => new(Writer.WrittenMemory[..Length], _ends.AsMemory(0, _count));

    /// <summary>Adds the end of a message.</summary>
    protected void AddEnd(int end)
    {
        if (_count == _ends.Length)
        {
            Array.Resize(ref _ends, Math.Max(FirstMessages, 2 * _count));
        }

        _ends[_count++] = end;
    }

    /// <summary>Removes all messages from the list. Their bytes stay in the buffer.</summary>
    protected void ClearEnds()
    {
        _count = 0;
        _ends = _ends.Length > KeptMessages ? [] : _ends;
    }
}
