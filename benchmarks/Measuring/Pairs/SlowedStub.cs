using System.Diagnostics;
using WorkerRpc.Bindings.Contracts;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>A stub that delays calls by spinning, to inject a regression of known size.</summary>
/// <param name="inner">The stub that makes the calls.</param>
/// <param name="ns">The delay before a slowed call, in ns.</param>
/// <param name="every">The distance between slowed calls: every Nth call is slowed, so 1 slows all calls.</param>
internal sealed class SlowedStub(IRuntimeStub inner, double ns, int every) : IRuntimeStub
{
    private readonly long _ticks = ClockTicks.FromNs(ns);
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
