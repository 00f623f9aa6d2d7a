using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>A queue with copies of the messages that wait for delivery.</summary>
internal sealed class MessageQueue : MessageList
{
    /// <summary>Copies messages to the end of the queue.</summary>
    public void Add(RpcMessages messages)
    {
        int start = Length;
        Writer.WriteRaw(messages.Bytes.Span);
        foreach (int end in messages.Ends.Span)
        {
            AddEnd(start + end);
        }
    }

    public void Clear()
    {
        ClearEnds();
        Writer.Clear(KeptBytes);
    }
}
