using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// The launch that runs in this process. It is the only mutable static field of the program. A constructor argument is not possible,
/// because BenchmarkDotNet creates the benchmark class by reflection, and the self-test's methods are created in the same way.
/// </summary>
internal static class CurrentLaunch
{
    private static LaunchRunner? s_launch;

    /// <summary>Returns the current launch.</summary>
    /// <exception cref="InvalidOperationException">No launch runs in this process.</exception>
    public static LaunchRunner Value => s_launch ?? throw new InvalidOperationException("No launch is running in this process.");

    /// <summary>Sets the current launch. Disposing the returned object removes the launch.</summary>
    public static IDisposable Set(LaunchRunner launch)
    {
        s_launch = launch;
        return new Scope();
    }

    private sealed class Scope : IDisposable
    {
        public void Dispose() => s_launch = null;
    }
}
