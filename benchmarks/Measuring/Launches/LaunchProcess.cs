using System.Diagnostics;
using System.Text.Json;
using WorkerRpc.Benchmarks.Measuring.Hosting;
using WorkerRpc.Benchmarks.Measuring.Noise;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Measuring.Launches;

/// <summary>Runs a launch in a process of its own, and survives whatever becomes of it.</summary>
internal static class LaunchProcess
{
    // What a killed process may take to be gone on a busy machine.
    private static readonly TimeSpan s_dying = TimeSpan.FromSeconds(5);

    /// <summary>Runs a launch to its end, however it ends.</summary>
    /// <param name="plan">What it measures.</param>
    /// <param name="silence">A launch that says nothing for so long hangs, and is killed.</param>
    /// <param name="heard">Called for each thing that the launch says.</param>
    /// <param name="interrupted">Kills the launch.</param>
    public static async Task<(LaunchRecord Record, LaunchReport Report)> RunAsync(
        LaunchPlan plan, TimeSpan silence, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
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
            (LaunchOutcome outcome, string? error) = await FollowAsync(process, plan, record, passes, silence, heard, interrupted);
            if (outcome == LaunchOutcome.Failed && errors.Line is { } said)
            {
                error += $": {said}";
            }

            return (record, record.Report(outcome, error, Stopwatch.GetElapsedTime(began).TotalSeconds, await noise.StopAsync(passes.ParentCores)));
        }
        finally
        {
            // No launch outlives its run, whatever was thrown here.
            process.Kill(entireProcessTree: true);
            process.WaitForExit(s_dying);
        }
    }

    private static async Task<(LaunchOutcome Outcome, string? Error)> FollowAsync(
        Process process, LaunchPlan plan, LaunchRecord record, PassWatch passes, TimeSpan silence, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
    {
        using var silent = CancellationTokenSource.CreateLinkedTokenSource(interrupted);
        try
        {
            silent.CancelAfter(silence);
            await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(plan, LaunchPlanJson.Default.LaunchPlan).AsMemory(), silent.Token);
            await process.StandardInput.FlushAsync(silent.Token);
            while (await process.StandardOutput.ReadLineAsync(silent.Token) is { } line)
            {
                silent.CancelAfter(silence);
                LaunchEvent said = passes.Hear(LaunchEventJson.Read(line));
                record.Apply(said);
                heard(record, said);
            }

            await process.WaitForExitAsync(silent.Token);
            return record.IsFinished && process.ExitCode == 0
                ? (LaunchOutcome.Finished, null)
                : (LaunchOutcome.Failed, $"ended with exit code {process.ExitCode} while {record.Doing}");
        }
        catch (OperationCanceledException)
        {
            return interrupted.IsCancellationRequested
                ? (LaunchOutcome.Interrupted, $"interrupted while {record.Doing}")
                : (LaunchOutcome.Failed, FormattableString.Invariant($"hung: said nothing for {silence.TotalSeconds:0} s while {record.Doing}, and was killed"));
        }
        catch (JsonException e)
        {
            return (LaunchOutcome.Failed, $"said something unreadable while {record.Doing} ({e.Message}), and was killed");
        }
        catch (IOException)
        {
            // It was gone before it had read its plan.
            await process.WaitForExitAsync(CancellationToken.None);
            return (LaunchOutcome.Failed, $"ended with exit code {process.ExitCode} while {record.Doing}");
        }
    }

    private static ProcessStartInfo StartInfo()
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(typeof(LaunchProcess).Assembly.Location);
        }

        WorkerEnvironment.AddTo(start.Environment);
        start.ArgumentList.Add(MeasureArguments.Command);
        start.ArgumentList.Add(MeasureArguments.FromParent);
        return start;
    }
}
