using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Messages end to end in a buffer that is used again and again. Not safe for concurrent use.</summary>
internal sealed class MessageQueue
{
    // Enough for every ordinary message; what one large one needed is given back.
    private const int KeptBytes = 1 << 20;
    private const int KeptMessages = 1024;

    private byte[] _bytes = [];
    private int[] _ends = [];
    private int _count;

    /// <summary>The messages that were added since it was cleared.</summary>
    public RpcMessages Messages => new(_bytes.AsMemory(0, Length), _ends.AsMemory(0, _count));

    public bool IsEmpty => _count == 0;

    private int Length => _count == 0 ? 0 : _ends[_count - 1];

    /// <summary>Copies messages behind those that are there.</summary>
    public void Add(RpcMessages messages)
    {
        int length = Length;
        Reserve(ref _bytes, length, messages.Bytes.Length);
        Reserve(ref _ends, _count, messages.Count);
        messages.Bytes.Span.CopyTo(_bytes.AsSpan(length));
        foreach (int end in messages.Ends.Span)
        {
            _ends[_count++] = length + end;
        }
    }

    public void Clear()
    {
        _count = 0;
        _bytes = _bytes.Length > KeptBytes ? [] : _bytes;
        _ends = _ends.Length > KeptMessages ? [] : _ends;
    }

    private static void Reserve<T>(ref T[] array, int used, int more)
    {
        int wanted = checked(used + more);
        if (wanted > array.Length)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(wanted, Math.Max(16L, array.Length * 2L))));
        }
    }
}
