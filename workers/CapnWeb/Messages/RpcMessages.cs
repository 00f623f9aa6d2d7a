namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Messages that are sent in one write.</summary>
/// <param name="Bytes">The UTF-8 bytes of all messages, without separators.</param>
/// <param name="Ends">The end offset of each message, ascending. The last one is the length of <paramref name="Bytes"/>.</param>
public readonly record struct RpcMessages(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Ends)
{
    /// <summary>Number of messages.</summary>
    public int Count => Ends.Length;

    /// <summary>Returns the bytes of the message with this index.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : Ends.Span[index - 1];
            return Bytes[start..Ends.Span[index]];
        }
    }
}
