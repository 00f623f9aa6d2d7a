using System.Diagnostics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>A stub whose calls spin ahead of the call that they make: a regression of known size.</summary>
/// <param name="inner">Makes the calls.</param>
/// <param name="ns">How long a slowed call spins, in ns.</param>
/// <param name="every">One call in so many is slowed; 1 for each.</param>
internal sealed class SlowedStub(IRuntimeStub inner, double ns, int every) : IRuntimeStub
{
    private readonly long _ticks = (long)(ns * Stopwatch.Frequency / 1e9);
    private int _calls;

    public Traffic Traffic => inner.Traffic;

    public ValueTask<ExecuteResponse> ExecuteAsync(ExecuteRequest request, CancellationToken cancellation)
    {
        if (++_calls % every == 0)
        {
            long end = Stopwatch.GetTimestamp() + _ticks;
            while (Stopwatch.GetTimestamp() < end)
            {
            }
        }

        return inner.ExecuteAsync(request, cancellation);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
