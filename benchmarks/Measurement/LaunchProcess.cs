using System.Diagnostics;
using System.Text.Json;
using WorkerRpc.Benchmarks.App;

namespace WorkerRpc.Benchmarks.Measurement;

/// <summary>Runs a launch in a process of its own, and survives whatever becomes of it.</summary>
internal static class LaunchProcess
{
    private const int KeptErrorLines = 20;

    /// <summary>Runs a launch to its end, however it ends.</summary>
    /// <param name="plan">What it measures.</param>
    /// <param name="silence">A launch that says nothing for so long hangs, and is killed.</param>
    /// <param name="heard">Called for each thing that the launch says.</param>
    /// <param name="interrupted">Kills the launch.</param>
    public static async Task<(LaunchRecord Record, LaunchReport Report)> RunAsync(
        LaunchPlan plan, TimeSpan silence, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
    {
        var record = new LaunchRecord(plan.Number);
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(StartInfo())!;
        var errors = new Queue<string>();
        process.ErrorDataReceived += (_, line) => Keep(errors, line.Data);
        process.BeginErrorReadLine();
        try
        {
            (LaunchOutcome outcome, string? error) = await FollowAsync(process, plan, record, silence, heard, interrupted);
            if (outcome == LaunchOutcome.Failed && LastError(errors) is { } said)
            {
                error += $": {said}";
            }

            return (record, record.Report(outcome, error, Stopwatch.GetElapsedTime(began).TotalSeconds));
        }
        finally
        {
            // No launch outlives its run, whatever was thrown here.
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<(LaunchOutcome Outcome, string? Error)> FollowAsync(
        Process process, LaunchPlan plan, LaunchRecord record, TimeSpan silence, Action<LaunchRecord, LaunchEvent> heard, CancellationToken interrupted)
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
                LaunchEvent said = LaunchEventJson.Read(line);
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

        start.ArgumentList.Add("measure");
        start.ArgumentList.Add(MeasureCommand.FromParent);
        return start;
    }

    private static void Keep(Queue<string> errors, string? line)
    {
        lock (errors)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                errors.Enqueue(line.Trim());
            }

            if (errors.Count > KeptErrorLines)
            {
                errors.Dequeue();
            }
        }
    }

    // The line that names the error; the frames of its stack stand in the launch's log for whoever needs them.
    private static string? LastError(Queue<string> errors)
    {
        lock (errors)
        {
            return errors.LastOrDefault(line => !line.StartsWith("at ", StringComparison.Ordinal) && !line.StartsWith("---", StringComparison.Ordinal));
        }
    }
}
