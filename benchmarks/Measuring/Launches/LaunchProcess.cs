using System.Diagnostics;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Noise;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Runs a launch in a child process. If the child process crashes or hangs, the report shows the launch as failed.</summary>
internal static class LaunchProcess
{
    // The longest wait for a killed process to exit on a busy machine.
    private static readonly TimeSpan s_exitTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Runs a launch until it finishes, fails, hangs or is interrupted.</summary>
    /// <param name="plan">The plan that the launch receives.</param>
    /// <param name="timeout">The longest time between two events of the launch. A launch that sends no event for longer is killed.</param>
    /// <param name="onEvent">The handler of the launch's events.</param>
    /// <param name="interrupted">The token that kills the launch.</param>
    public static async Task<(LaunchRecord Record, LaunchReport Report)> RunAsync(
        LaunchPlan plan, TimeSpan timeout, Action<LaunchRecord, LaunchEvent> onEvent, CancellationToken interrupted)
    {
        var record = new LaunchRecord(plan.Number);
        var passes = new PassWatch();
        NoiseMonitor.Before before = await NoiseMonitor.WatchBeforeAsync();
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(StartInfo())!;
        var errors = new FirstErrorLine();
        process.ErrorDataReceived += (_, line) => errors.Take(line.Data);
        process.BeginErrorReadLine();
        try
        {
            await using var noise = NoiseMonitor.Watch(before, process.Id);
            (LaunchOutcome outcome, string? error) = await ReadEventsAsync(process, plan, record, passes, timeout, onEvent, interrupted);
            if (outcome == LaunchOutcome.Failed && errors.Line is { } errorLine)
            {
                error += $": {errorLine}";
            }

            double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            return (record, record.Report(outcome, error, seconds, await noise.StopAsync(passes.ParentCores)));
        }
        finally
        {
            // The launch is killed after an exception too, because its process must not continue after the run has ended.
            process.Kill(entireProcessTree: true);
            process.WaitForExit(s_exitTimeout);
        }
    }

    private static async Task<(LaunchOutcome Outcome, string? Error)> ReadEventsAsync(
        Process process,
        LaunchPlan plan,
        LaunchRecord record,
        PassWatch passes,
        TimeSpan timeout,
        Action<LaunchRecord, LaunchEvent> onEvent,
        CancellationToken interrupted)
    {
        using var hung = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        try
        {
            hung.CancelAfter(timeout);
            string planJson = JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan);
            await process.StandardInput.WriteLineAsync(planJson.AsMemory(), hung.Token);
            await process.StandardInput.FlushAsync(hung.Token);
            while (await process.StandardOutput.ReadLineAsync(hung.Token) is { } line)
            {
                LaunchEvent launchEvent = passes.Observe(LaunchEventJson.Read(line));
                // A launch is silent while it times calls, and a pass of slow calls takes longer than the timeout.
                double silentSeconds = launchEvent is PassStarting { ExpectedSeconds: { } seconds } ? seconds : 0;
                hung.CancelAfter(timeout + TimeSpan.FromSeconds(silentSeconds));
                record.Apply(launchEvent);
                onEvent(record, launchEvent);
            }

            await process.WaitForExitAsync(hung.Token);
            return record.IsFinished && process.ExitCode == 0
                ? (LaunchOutcome.Finished, null)
                : (LaunchOutcome.Failed, $"ended with exit code {process.ExitCode} while {record.Doing}");
        }
        catch (OperationCanceledException)
        {
            return interrupted.IsCancellationRequested
                ? (LaunchOutcome.Interrupted, $"interrupted while {record.Doing}")
                : (LaunchOutcome.Failed, FormattableString.Invariant(
                    $"hung: said nothing for {timeout.TotalSeconds:0} s while {record.Doing}, and was killed"));
        }
        catch (JsonException e)
        {
            return (LaunchOutcome.Failed, $"said something unreadable while {record.Doing} ({e.Message}), and was killed");
        }
        catch (IOException)
        {
            // The launch process ended before it had read its plan, so writing the plan failed.
            await process.WaitForExitAsync(CancellationToken.None);
            return (LaunchOutcome.Failed, $"ended with exit code {process.ExitCode} while {record.Doing}");
        }
    }

    private static ProcessStartInfo StartInfo()
    {
        ProcessStartInfo start = ProgramBuild.Own.StartInfo(MeasureArguments.Command, MeasureArguments.FromParent);
        WorkerEnvironment.AddTo(start.Environment);
        return start;
    }
}
