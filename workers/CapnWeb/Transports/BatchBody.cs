using System.Text.Unicode;
using WorkerRpc.CapnWeb.Messages;
using WorkerRpc.CapnWeb.Values;
using WorkerRpc.CapnWeb.Values.Text;

namespace WorkerRpc.CapnWeb.Transports;

/// <summary>Reads and writes the body of a batch: messages separated by line feeds, without a line feed at the end.</summary>
internal static class BatchBody
{
    public const string ContentType = "text/plain;charset=UTF-8";

    public const byte LineFeed = (byte)'\n';

    private static ReadOnlySpan<byte> Release => "[\"release\","u8;

    private static ReadOnlySpan<byte> Pull => "[\"pull\","u8;

    /// <summary>
    /// Whether a message is a pull, which the peer answers. Recognises only the spelling of this library and of the npm package.
    /// </summary>
    public static bool AsksForAnswer(ReadOnlySpan<byte> message) => message.StartsWith(Pull);

    /// <summary>
    /// Returns the error of a line that is not UTF-8, or null. The session would pass its bytes on to other peers, whose WebSocket would
    /// end. A WebSocket checks its own messages.
    /// </summary>
    public static RpcProtocolException? Fault(ReadOnlySpan<byte> line) =>
        Utf8.IsValid(line) ? null : new RpcProtocolException("Invalid text: expected UTF-8.", RpcErrorTypes.SyntaxError);

    /// <summary>Appends messages to a body.</summary>
    /// <param name="body">The body to which the messages are appended.</param>
    /// <param name="messages">The messages to append.</param>
    /// <param name="isClient">
    /// Whether this side is the client. A client skips release messages, because the server releases everything after its answers.
    /// </param>
    public static void Add(PooledBytes body, RpcMessages messages, bool isClient)
    {
        for (int i = 0; i < messages.Count; i++)
        {
            ReadOnlySpan<byte> message = messages[i].Span;
            if (isClient && message.StartsWith(Release))
            {
                continue;
            }

            if (body.Position > 0)
            {
                body.WriteRaw(LineFeed);
            }

            // A message that another peer sent over a WebSocket may contain line feeds. In JSON they can only be whitespace.
            for (int end = message.IndexOf(LineFeed); end >= 0; end = message.IndexOf(LineFeed))
            {
                body.WriteRaw(message[..end]);
                body.WriteRaw((byte)' ');
                message = message[(end + 1)..];
            }

            body.WriteRaw(message);
        }
    }

    /// <summary>Reads a stream to its end, into a buffer.</summary>
    /// <param name="body">The buffer for the bytes.</param>
    /// <param name="stream">The stream.</param>
    /// <param name="announced">The length that the sender announced, in bytes. It is null if the sender announced none.</param>
    /// <param name="max">The maximum length, in bytes.</param>
    /// <param name="cancellationToken">A token that cancels the read.</param>
    /// <returns>Returns false if the body is longer than the maximum. The buffer then contains only the beginning of the body.</returns>
    public static async ValueTask<bool> TryReadAsync(
        PooledBytes body, Stream stream, long? announced, int max, CancellationToken cancellationToken)
    {
        if (announced > max)
        {
            return false;
        }

        // The announced length may be wrong. So at most 1 MiB is allocated in advance, and the buffer grows with the received bytes. One
        // byte more is allocated, so that the last read, which finds the end of the stream, needs no larger buffer.
        int chunk = (int)Math.Min(announced ?? PooledBytes.DefaultFirstBytes, 1 << 20) + 1;
        while (true)
        {
            int read = await stream.ReadAsync(body.GetMemory(chunk), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return true;
            }

            body.Advance(read);
            if (body.Position > max)
            {
                return false;
            }

            chunk = Math.Max(chunk - read, 1);
        }
    }
}

/// <summary>Splits the body of a batch into its messages.</summary>
/// <param name="body">The body of the batch. An empty body has no messages.</param>
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
        // After a line feed there is always one more message, even if it is empty.
        _hasMore = end >= 0;
        if (_hasMore)
        {
            message = _rest[..end];
            _rest = _rest[(end + 1)..];
        }

        return true;
    }
}
