using System.Buffers;
using System.IO.Pipelines;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Bindings.Wire;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// The pipes of the method <c>pipe</c> alone: the bytes are written to one, handed over inline, written to the other and
/// read. No frames, no ids, no pending calls, no serializer, one caller.
/// </summary>
public sealed class PipeReference : Reference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Pipe;

    /// <inheritdoc/>
    public override string Settings => "System.IO.Pipelines pair, the request's JSON bytes there and back, handed over inline, nothing encoded";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host) => new Stub();

    private sealed class Stub : MovingStub
    {
        // As the method's own: pause above the largest message, segments above the smallest.
        private static readonly PipeOptions s_options = new(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: PipeBuffers.PauseBytes,
            resumeWriterThreshold: PipeBuffers.PauseBytes / 2,
            minimumSegmentSize: PipeBuffers.SegmentBytes,
            useSynchronizationContext: false);

        private readonly System.IO.Pipelines.Pipe _there = new(s_options);
        private readonly System.IO.Pipelines.Pipe _back = new(s_options);

        public Stub() => _ = EchoAsync();

        public override async ValueTask DisposeAsync()
        {
            await _there.Writer.CompleteAsync();
            await _back.Reader.CompleteAsync();
        }

        protected override async ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            await _there.Writer.WriteAsync(message, cancellation);
            ReadResult read = await _back.Reader.ReadAtLeastAsync(message.Length, cancellation);
            Memory<byte> answer = BufferFor((int)read.Buffer.Length);
            read.Buffer.CopyTo(answer.Span);
            _back.Reader.AdvanceTo(read.Buffer.End);
            return answer;
        }

        private async Task EchoAsync()
        {
            while (await _there.Reader.ReadAsync() is { IsCompleted: false } read)
            {
                foreach (ReadOnlyMemory<byte> segment in read.Buffer)
                {
                    _back.Writer.Write(segment.Span);
                }

                _there.Reader.AdvanceTo(read.Buffer.End);
                await _back.Writer.FlushAsync();
            }

            await _there.Reader.CompleteAsync();
            await _back.Writer.CompleteAsync();
        }
    }
}
