using WorkerRpc.CapnWeb.Messages;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>The body of a batch: messages with a line feed between them, and none at the end.</summary>
internal static class BatchBody
{
    public const string ContentType = "text/plain;charset=UTF-8";

    public const byte LineFeed = (byte)'\n';

    private static ReadOnlySpan<byte> Release => "[\"release\","u8;

    private static ReadOnlySpan<byte> Pull => "[\"pull\","u8;

    /// <summary>Whether a message as both libraries write it is one that an answer follows.</summary>
    public static bool AsksForAnswer(ReadOnlySpan<byte> message) => message.StartsWith(Pull);

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
}

/// <summary>The messages of a batch's body, one after another.</summary>
/// <param name="body">Empty where there is none.</param>
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
        // What follows a line feed is a message, even where it is empty.
        _hasMore = end >= 0;
        if (_hasMore)
        {
            message = _rest[..end];
            _rest = _rest[(end + 1)..];
        }

        return true;
    }
}
