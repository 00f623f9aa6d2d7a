using System.Threading.Tasks.Sources;
using WorkerRpc.Bindings.Contracts;

namespace WorkerRpc.Bindings.References;

/// <summary>
/// Measures the fastest way to resume another continuation and to return. The caller resumes a waiting loop on its own thread,
/// and the loop resumes the caller. No data is copied, and no scheduler is used.
/// </summary>
public sealed class HopReference : Reference
{
    /// <inheritdoc/>
    public override string Id => ReferenceIds.Hop;

    /// <inheritdoc/>
    public override string Settings => "a hand-over to a waiting continuation and back, inline on the caller's thread, nothing moved";

    /// <inheritdoc/>
    public override IRuntimeStub Connect(IRuntimeHost host) => new Stub();

    private sealed class Stub : MovingStub
    {
        private readonly Signal _requested = new();
        private readonly Signal _answered = new();
        private bool _ended;

        public Stub() => _ = AnswerAsync();

        public override Traffic Traffic => default;

        public override ValueTask DisposeAsync()
        {
            if (!_ended)
            {
                _ended = true;
                _requested.Set(default);
            }

            return ValueTask.CompletedTask;
        }

        protected override ValueTask<ReadOnlyMemory<byte>> MoveAsync(ReadOnlyMemory<byte> message, CancellationToken cancellation)
        {
            ValueTask<ReadOnlyMemory<byte>> answered = _answered.WaitAsync();
            _requested.Set(message);
            return answered;
        }

        private async Task AnswerAsync()
        {
            while (true)
            {
                ReadOnlyMemory<byte> message = await _requested.WaitAsync();
                if (_ended)
                {
                    return;
                }

                _answered.Set(message);
            }
        }
    }

    /// <summary>A reusable signal with a single waiter, which continues inline when the signal is set.</summary>
    private sealed class Signal : IValueTaskSource<ReadOnlyMemory<byte>>
    {
        private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _core;

        public ValueTask<ReadOnlyMemory<byte>> WaitAsync()
        {
            _core.Reset();
            return new(this, _core.Version);
        }

        public void Set(ReadOnlyMemory<byte> message) => _core.SetResult(message);

        public ReadOnlyMemory<byte> GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
