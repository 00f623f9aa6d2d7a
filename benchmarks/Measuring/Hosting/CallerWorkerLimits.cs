using WorkerRpc.CallerWorker;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Measuring.Hosting;

/// <summary>What a caller worker accepts.</summary>
internal static class CallerWorkerLimits
{
    /// <summary>The calls that one request may ask for.</summary>
    public static Bounds<int> BatchCalls => CallerApp.IterationBounds;
}
