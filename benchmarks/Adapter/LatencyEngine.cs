using BenchmarkDotNet.Characteristics;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using WorkerRpc.Benchmarks.Measuring.Launches;
using BenchmarkMeasurement = BenchmarkDotNet.Reports.Measurement;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Creates engines that run the latency pass of a case after BenchmarkDotNet's own measurement.</summary>
/// <param name="launch">The launch to which the cases belong.</param>
internal sealed class LatencyEngineFactory(LaunchRunner launch) : IEngineFactory
{
    /// <inheritdoc/>
    public IEngine CreateReadyToRun(EngineParameters engineParameters)
    {
        try
        {
            return new LatencyEngine(launch, new EngineFactory().CreateReadyToRun(engineParameters));
        }
        catch (Exception e)
        {
            launch.FailCase(e);
            throw;
        }
    }

    private sealed class LatencyEngine(LaunchRunner launch, IEngine inner) : IEngine
    {
        public IHost Host => inner.Host;

        public Job TargetJob => inner.TargetJob;

        public long OperationsPerInvoke => inner.OperationsPerInvoke;

        public Action? GlobalSetupAction => inner.GlobalSetupAction;

        public Action? GlobalCleanupAction => inner.GlobalCleanupAction;

        public Action<long> WorkloadAction => inner.WorkloadAction;

        public Action<long> OverheadAction => inner.OverheadAction;

        public IResolver Resolver => inner.Resolver;

        public RunResults Run()
        {
            try
            {
                // Runs BenchmarkDotNet's iterations first, because they warm up the case. If the case fails in them, the latency pass is
                // skipped.
                RunResults results = inner.Run();
                RunPass();
                return results;
            }
            catch (Exception e)
            {
                launch.FailCase(e);
                throw;
            }
        }

        public BenchmarkMeasurement RunIteration(IterationData data) => inner.RunIteration(data);

        public void WriteLine() => inner.WriteLine();

        public void WriteLine(string line) => inner.WriteLine(line);

        public void Dispose()
        {
            launch.EndCase();
            inner.Dispose();
        }

        private void RunPass()
        {
            // Runs the pass on the thread pool, where a worker's calls run too. This thread blocks until the pass ends, because IEngine
            // is synchronous.
            Task pass = Task.Run(launch.MeasurePassAsync);
#pragma warning disable RS0030
            pass.GetAwaiter().GetResult();
#pragma warning restore RS0030
        }
    }
}
