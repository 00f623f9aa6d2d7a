namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The body of a batch: messages with a line feed between them, and none at the end.</summary>
internal static class BatchBody
{
    public const string ContentType = "text/plain;charset=UTF-8";

    private const byte LineFeed = (byte)'\n';

    private static ReadOnlySpan<byte> Release => "[\"release\","u8;

    /// <summary>Puts messages behind those that are there.</summary>
    /// <param name="body">Empty, or with a message at its end.</param>
    /// <param name="messages">What to add.</param>
    /// <param name="isClient">Leaves releases out: the server drops all that it holds when it has answered.</param>
    public static void Add(PooledBytes body, RpcMessages messages, bool isClient)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            ReadOnlySpan<byte> message = messages[i].Span;
            if (isClient && message.StartsWith(Release))
            {
                continue;
            }

            if (body.Length > 0)
            {
                body.Add([LineFeed]);
            }

            body.Add(message);
        }
    }

    /// <summary>Takes the first message off a body.</summary>
    /// <returns>The message; of an empty body there is none to take.</returns>
    public static ReadOnlyMemory<byte> TakeLine(ref ReadOnlyMemory<byte>? rest)
    {
        ReadOnlyMemory<byte> all = rest!.Value;
        int end = all.Span.IndexOf(LineFeed);
        // What follows a line feed is a message, even where it is empty.
        rest = end < 0 ? null : all[(end + 1)..];
        return end < 0 ? all : all[..end];
    }
}
