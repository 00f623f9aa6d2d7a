using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>The limits of a request to the caller worker.</summary>
internal static class CallerWorkerLimits
{
    /// <summary>The smallest and largest number of calls that one request can ask for.</summary>
    public static Bounds<int> BatchCalls => CallerApp.IterationBounds;
}
