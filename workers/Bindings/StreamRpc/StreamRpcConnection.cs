using System.IO.Pipelines;
using Nerdbank.Streams;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>The caller's end of a pair of in-memory pipes. The runtime uses StreamJsonRpc at the other end.</summary>
internal sealed class StreamRpcConnection
{
    // The writer waits while the pipe contains more unread bytes than this. The default is 64 KB. This value is larger than the
    // message with the largest payload, so that a writer never waits within a message. It is far below the message size limit.
    // https://learn.microsoft.com/dotnet/standard/io/pipelines#backpressure-and-flow-control
    private const int PauseBytes = 1 << 20;

    // The segment size of the pipe. The default is 4 KB. This value is larger than the message with the largest payload, because
    // text in a single segment is read faster.
    // https://learn.microsoft.com/dotnet/api/system.io.pipelines.pipeoptions.minimumsegmentsize
    private const int SegmentBytes = 128 * 1024;

    private readonly StreamRpcFormatter _runtimeEnd;

    private StreamRpcConnection(IDuplexPipe pipe, StreamRpcFormatter runtimeEnd, int maxMessageBytes) =>
        (Pipe, _runtimeEnd, MaxMessageBytes) = (pipe, runtimeEnd, maxMessageBytes);

    internal IDuplexPipe Pipe { get; }

    /// <summary>The longest message that either end accepts, in bytes.</summary>
    internal int MaxMessageBytes { get; }

    /// <summary>The total number of bytes of all messages that the runtime has received.</summary>
    internal long RuntimeReceivedBytes => _runtimeEnd.ReceivedBytes;

    /// <summary>Creates a connection. Returns the caller's end, and the pipe and the formatter of the runtime's end.</summary>
    internal static (StreamRpcConnection Caller, IDuplexPipe Pipe, StreamRpcFormatter Formatter) Create(int maxMessageBytes)
    {
        // The connection uses pipes and not streams, because the library would wrap streams into pipes.
        // https://microsoft.github.io/vs-streamjsonrpc/docs/extensibility.html#message-handlers
        (IDuplexPipe caller, IDuplexPipe runtime) = FullDuplexStream.CreatePipePair(new PipeOptions(
            pauseWriterThreshold: PauseBytes,
            resumeWriterThreshold: PauseBytes / 2,
            minimumSegmentSize: SegmentBytes,
            useSynchronizationContext: false));
        var formatter = new StreamRpcFormatter(maxMessageBytes);
        return (new StreamRpcConnection(caller, formatter, maxMessageBytes), runtime, formatter);
    }
}
