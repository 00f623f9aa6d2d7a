using BenchmarkDotNet.Characteristics;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using WorkerRpc.Benchmarks.Measuring.Launches;
using BenchmarkMeasurement = BenchmarkDotNet.Reports.Measurement;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Runs the latency pass after BenchmarkDotNet's own engine, for each case.</summary>
/// <param name="launch">The launch of the cases.</param>
internal sealed class LatencyEngineFactory(Launch launch) : IEngineFactory
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

    private sealed class LatencyEngine(Launch launch, IEngine inner) : IEngine
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
                // BenchmarkDotNet's iterations run first: they warm up this case, and a failing case never reaches the pass.
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
            // The pass runs on the thread pool, as a worker's calls do. Waiting for it blocks this thread: IEngine is synchronous.
            Task pass = Task.Run(launch.MeasurePassAsync);
#pragma warning disable RS0030
            pass.GetAwaiter().GetResult();
#pragma warning restore RS0030
        }
    }
}
