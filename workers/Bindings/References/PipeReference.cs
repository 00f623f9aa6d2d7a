using System.Buffers;
using System.IO.Pipelines;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// Measures only the pipes of the method <c>pipe</c>: the bytes go through one pipe to an inline reader, and back through another.
/// There are no frames, no call ids, no serializer and only one caller.
/// </summary>
public sealed class PipeReference : Reference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Pipe;

    /// <inheritdoc/>
    public override string Settings =>
        "System.IO.Pipelines pair, the request's JSON bytes there and back, handed over inline, nothing encoded";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host) => new Stub();

    private sealed class Stub : MovingStub
    {
        // The buffer sizes are those of the method "pipe". The threshold is larger than the largest message, and a segment is larger
        // than the smallest message.
        private static readonly PipeOptions s_options = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: PipeBuffers.PauseBytes,
            resumeWriterThreshold: PipeBuffers.PauseBytes / 2,
            minimumSegmentSize: PipeBuffers.SegmentBytes,
            useSynchronizationContext: false);

        private readonly System.IO.Pipelines.Pipe _outbound = new(s_options);
        private readonly System.IO.Pipelines.Pipe _inbound = new(s_options);

        public Stub() => _ = EchoAsync();

        public override async ValueTask DisposeAsync()
        {
            await _outbound.Writer.CompleteAsync();
            await _inbound.Reader.CompleteAsync();
        }

        protected override async ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            await _outbound.Writer.WriteAsync(message, cancellation);
            ReadResult read = await _inbound.Reader.ReadAtLeastAsync(message.Length, cancellation);
            Memory<byte> answer = BufferFor((int)read.Buffer.Length);
            read.Buffer.CopyTo(answer.Span);
            _inbound.Reader.AdvanceTo(read.Buffer.End);
            return answer;
        }

        private async Task EchoAsync()
        {
            while (await _outbound.Reader.ReadAsync() is { IsCompleted: false } read)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    _inbound.Writer.Write(segment.Span);
                }

                _outbound.Reader.AdvanceTo(read.Buffer.End);
                await _inbound.Writer.FlushAsync();
            }

            await _outbound.Reader.CompleteAsync();
            await _inbound.Writer.CompleteAsync();
        }
    }
}
