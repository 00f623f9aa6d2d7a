using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>
/// The run of an earlier version, which kept one run directly in <c>artifacts/results</c>. Its files are moved to a folder of its own, so
/// that the next run does not replace them.
/// </summary>
/// <param name="results">The absolute path of the results folder, which this process has locked.</param>
internal sealed class OldLayout(string results)
{
    private const string Launches = "launches";

    // The files that the earlier version wrote. Other files in the folder are the user's.
    private static readonly string[] s_reports = ["report.*", "percentiles.*", "overhead.*", "callers.*", "cost.*", "pictures.md"];

    private string Plan => IoPath.Combine(results, KeptRun.PlanFile);

    /// <summary>Whether the folder has such a run.</summary>
    public bool Exists => File.Exists(Plan);

    /// <summary>The name for the run's folder. A damaged plan has no start time, so the time is then that of the plan's file.</summary>
    public RunFolderName FolderName()
    {
        try
        {
            RunSettings run = new KeptRun(results, RunFolderName.Of(default, null, RunKind.Run, null)).ReadPlan().Run;
            return RunFolderName.Of(run.StartedAt, run.Commit, RunKind.Run, name: null);
        }
        catch (UnusableInputException)
        {
            return RunFolderName.Of(File.GetLastWriteTimeUtc(Plan), commit: null, RunKind.Run, name: null);
        }
    }

    /// <summary>Moves the run. The plan is the last file, so that a process that is killed in between can start again.</summary>
    /// <exception cref="IOException">A file cannot be moved.</exception>
    public void MoveTo(KeptRun run)
    {
        Directory.CreateDirectory(run.Path);
        var launches = new DirectoryInfo(IoPath.Combine(results, Launches));
        if (launches is { Exists: true, LinkTarget: null })
        {
            launches.MoveTo(IoPath.Combine(run.Path, Launches));
        }

        foreach (string file in s_reports.SelectMany(pattern => Directory.GetFiles(results, pattern)))
        {
            File.Move(file, IoPath.Combine(run.Path, IoPath.GetFileName(file)), overwrite: true);
        }

        if (IsComplete(run))
        {
            File.WriteAllBytes(IoPath.Combine(run.Path, KeptRun.FinishedFile), []);
        }

        File.Move(Plan, run.Plan);
    }

    private static bool IsComplete(KeptRun run)
    {
        try
        {
            return run.Report is { } report && !RunReportJson.Read(report).Interrupted;
        }
        catch (UnusableInputException)
        {
            return false;
        }
    }
}
