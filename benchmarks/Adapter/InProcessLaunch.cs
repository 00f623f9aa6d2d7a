using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Measuring.Launches;

namespace WorkerRpc.Benchmarks.Adapter;

/// <summary>Runs a launch in this process: BenchmarkDotNet measures its cases.</summary>
internal static class InProcessLaunch
{
    /// <summary>Runs a launch to its end.</summary>
    /// <param name="plan">What it measures.</param>
    /// <param name="emit">Called for each event.</param>
    /// <param name="recorder">Records the calls; null for the true recorder.</param>
    public static async Task RunAsync(LaunchPlan plan, Action<LaunchEvent> emit, CallRecorder? recorder = null)
    {
        await using var launch = new Launch(plan, emit, recorder);
        using IDisposable current = CurrentLaunch.Set(launch);
        await launch.RunAsync(HostEnvironment.Current(), () => BenchmarkRun.Run(launch));
    }
}
