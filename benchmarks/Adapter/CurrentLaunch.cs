using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// The launch that runs in this process, the program's only mutable static. BenchmarkDotNet creates the benchmark class by
/// reflection, and the self-test's bindings are created from their assembly. Neither can receive constructor arguments.
/// </summary>
internal static class CurrentLaunch
{
    private static Launch? s_launch;

    /// <summary>The launch.</summary>
    /// <exception cref="InvalidOperationException">No launch runs in this process.</exception>
    public static Launch Value => s_launch ?? throw new InvalidOperationException("No launch is running in this process.");

    /// <summary>Sets the current launch until the returned object is disposed.</summary>
    public static IDisposable Set(Launch launch)
    {
        s_launch = launch;
        return new Scope();
    }

    private sealed class Scope : IDisposable
    {
        public void Dispose() => s_launch = null;
    }
}
