using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Writes the body of a batch: messages separated by line feeds, without one at the end.</summary>
internal static class BatchBody
{
    public const string ContentType = "text/plain;charset=UTF-8";

    public const byte LineFeed = (byte)'\n';

    private static ReadOnlySpan<byte> Release => "[\"release\","u8;

    private static ReadOnlySpan<byte> Pull => "[\"pull\","u8;

    /// <summary>Whether a message is a pull, which the peer answers. Recognises the spelling of this library and the npm package.</summary>
    public static bool AsksForAnswer(ReadOnlySpan<byte> message) => message.StartsWith(Pull);

    /// <summary>Appends messages to a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="messages">The messages.</param>
    /// <param name="isClient">Whether to skip releases. A server releases everything after its answers, so a client sends none.</param>
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
}

/// <summary>Splits the body of a batch into its messages.</summary>
/// <param name="body">The body. An empty one has no messages.</param>
internal struct BatchLines(ReadOnlyMemory<byte> body)
{
    private ReadOnlyMemory<byte> _rest = body;
    private bool _hasMore = !body.IsEmpty;

    public bool TryTake(out ReadOnlyMemory<byte> message)
    {
        message = _rest;
        if (!_hasMore)
        {
            return false;
        }

        int end = _rest.Span.IndexOf(BatchBody.LineFeed);
        // A line feed is always followed by a message, which may be empty.
        _hasMore = end >= 0;
        if (_hasMore)
        {
            message = _rest[..end];
            _rest = _rest[(end + 1)..];
        }

        return true;
    }
}
