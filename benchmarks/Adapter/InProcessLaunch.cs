using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Runs a launch in this process. BenchmarkDotNet executes the cases.</summary>
internal static class InProcessLaunch
{
    /// <summary>Runs a launch, and returns when all its cases are measured.</summary>
    /// <param name="plan">The cases to measure and the run's settings.</param>
    /// <param name="emit">Receives each event of the launch.</param>
    /// <param name="recorder">The recorder of the call durations, or null to create a new one.</param>
    public static async Task RunAsync(LaunchPlan plan, Action<LaunchEvent> emit, CallRecorder? recorder = null)
    {
        await using var launch = new LaunchRunner(plan, emit, recorder);
        using IDisposable current = CurrentLaunch.Set(launch);
        await launch.RunAsync(HostEnvironment.Current(), () => BenchmarkRun.Run(launch));
    }
}
