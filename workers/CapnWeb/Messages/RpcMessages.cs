namespace WorkerRpc.CapnWeb.Messages;

/// <summary>Messages that leave together: their bytes end to end, and where each ends.</summary>
/// <param name="Bytes">The messages' UTF-8, without separators.</param>
/// <param name="Ends">The offset behind each message, ascending; the last is the length of <paramref name="Bytes"/>.</param>
public readonly record struct RpcMessages(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<int> Ends)
{
    /// <summary>How many messages.</summary>
    public int Count => Ends.Length;

    /// <summary>One message.</summary>
    public ReadOnlyMemory<byte> this[int index]
    {
        get
        {
            int start = index == 0 ? 0 : Ends.Span[index - 1];
            return Bytes[start..Ends.Span[index]];
        }
    }
}
