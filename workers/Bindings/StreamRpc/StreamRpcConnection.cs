using System.IO.Pipelines;
using Nerdbank.Streams;

namespace WorkerRpc.Bindings.StreamRpc;

/// <summary>The caller's end of a pair of pipes in memory at whose other end the runtime speaks StreamJsonRpc.</summary>
internal sealed class StreamRpcConnection
{
    // Above the largest message of the matrix, so that a writer never waits within one (by default from 64 KB on), and far
    // below the longest that is taken.
    // https://learn.microsoft.com/dotnet/standard/io/pipelines#backpressure-and-flow-control
    private const int PauseBytes = 1 << 20;

    // Above the largest message as well: text that lies in one segment is read faster (by default 4 KB).
    // https://learn.microsoft.com/dotnet/api/system.io.pipelines.pipeoptions.minimumsegmentsize
    private const int SegmentBytes = 128 * 1024;

    private readonly StreamRpcFormatter _runtimeEnd;

    private StreamRpcConnection(IDuplexPipe pipe, StreamRpcFormatter runtimeEnd, int maxMessageBytes) =>
        (Pipe, _runtimeEnd, MaxMessageBytes) = (pipe, runtimeEnd, maxMessageBytes);

    internal IDuplexPipe Pipe { get; }

    /// <summary>The longest message that either end takes, in bytes.</summary>
    internal int MaxMessageBytes { get; }

    /// <summary>The bytes of all messages that have arrived at the runtime's end.</summary>
    internal long ArrivedAtRuntimeBytes => _runtimeEnd.ArrivedBytes;

    /// <summary>Makes both ends: the caller's, and the pipe and formatter of the runtime's.</summary>
    internal static (StreamRpcConnection Caller, IDuplexPipe Pipe, StreamRpcFormatter Formatter) Create(int maxMessageBytes)
    {
        // Pipes rather than streams, which the library would wrap into pipes.
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
