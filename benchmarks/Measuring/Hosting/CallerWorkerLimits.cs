using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>The limits of a caller worker's requests.</summary>
internal static class CallerWorkerLimits
{
    /// <summary>The number of calls that one request may ask for.</summary>
    public static Bounds<int> BatchCalls => CallerApp.IterationBounds;
}
