using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>
/// The launch of this process: the program's one mutable static. BenchmarkDotNet creates the benchmark class by reflection
/// and asks it for its parameters' values, and the bindings of the self-test come from an assembly. Neither takes
/// constructor arguments.
/// </summary>
internal static class CurrentLaunch
{
    private static Launch? s_launch;

    /// <summary>The launch.</summary>
    /// <exception cref="InvalidOperationException">No launch runs in this process.</exception>
    public static Launch Value => s_launch ?? throw new InvalidOperationException("No launch is running in this process.");

    /// <summary>Makes a launch the current one, until the result is disposed.</summary>
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
