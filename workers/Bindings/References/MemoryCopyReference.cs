using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.References;

/// <summary>Two copies of the bytes, there and back: what moving them in memory costs at the least.</summary>
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
        private byte[] _there = [];

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            if (_there.Length < message.Length)
            {
                _there = new byte[message.Length];
            }

            message.CopyTo(_there);
            Memory<byte> back = BufferFor(message.Length);
            _there.AsMemory(0, message.Length).CopyTo(back);
            return new(back);
        }
    }
}
