using System.IO.Pipelines;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.Pipe;

/// <summary>One end of a pair of in-memory pipes. It also contains the scheduler that resumes the other end's reader.</summary>
internal sealed class PipeConnection : IDuplexPipe
{
    private PipeConnection(PipeReader input, PipeWriter output, PipeScheduling scheduling, ReaderScheduler otherEnd, int maxFrameBytes)
    {
        (Input, Output, Scheduling, OtherEnd, MaxFrameBytes) = (input, output, scheduling, otherEnd, maxFrameBytes);
    }

    /// <inheritdoc/>
    public PipeReader Input { get; }

    /// <inheritdoc/>
    public PipeWriter Output { get; }

    /// <summary>The thread on which a reader continues after the other end has written.</summary>
    public PipeScheduling Scheduling { get; }

    /// <summary>The longest frame that either end accepts, in bytes.</summary>
    public int MaxFrameBytes { get; }

    /// <summary>Resumes the other end's reader after a write to <see cref="Output"/>.</summary>
    internal ReaderScheduler OtherEnd { get; }

    /// <summary>Creates both ends of a connection.</summary>
    internal static (PipeConnection Caller, PipeConnection Runtime) CreatePair(PipeScheduling scheduling, int maxFrameBytes)
    {
        var toRuntime = new ReaderScheduler(scheduling);
        var toCaller = new ReaderScheduler(scheduling);
        var requests = new System.IO.Pipelines.Pipe(Options(toRuntime));
        var responses = new System.IO.Pipelines.Pipe(Options(toCaller));
        return (new PipeConnection(responses.Reader, requests.Writer, scheduling, toRuntime, maxFrameBytes),
            new PipeConnection(requests.Reader, responses.Writer, scheduling, toCaller, maxFrameBytes));
    }

    private static PipeOptions Options(ReaderScheduler reader) => new(
        readerScheduler: reader,
        writerScheduler: PipeScheduler.ThreadPool,
        pauseWriterThreshold: PipeBuffers.PauseBytes,
        resumeWriterThreshold: PipeBuffers.PauseBytes / 2,
        minimumSegmentSize: PipeBuffers.SegmentBytes,
        useSynchronizationContext: false);
}
