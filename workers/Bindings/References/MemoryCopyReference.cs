using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.References;

/// <summary>Copies the request's bytes in memory to the other end and back. No method can transfer these bytes faster.</summary>
public sealed class MemoryCopyReference : Reference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.MemoryCopy;

    /// <inheritdoc/>
    public override string Settings => "the request's JSON bytes copied to one buffer and from there to another, nothing encoded";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host) => new Stub();

    private sealed class Stub : MovingStub
    {
        private byte[] _outbound = [];

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            if (_outbound.Length < message.Length)
            {
                _outbound = new byte[message.Length];
            }

            message.CopyTo(_outbound);
            Memory<byte> back = BufferFor(message.Length);
            _outbound.AsMemory(0, message.Length).CopyTo(back);
            return new(back);
        }
    }
}
