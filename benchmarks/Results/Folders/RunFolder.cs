using System.Text.Json;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>
/// The locked folder of a run that this process writes: its plan, its finished launches and its reports. <c>--resume</c> reads the plan and
/// the launches to continue a run that was interrupted or killed.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private readonly LockedFolder _folder;
    private bool _isDiscarded;

    private RunFolder(KeptRun run, LockedFolder folder) => (Run, _folder) = (run, folder);

    public KeptRun Run { get; }

    public string Path => Run.Path;

    /// <summary>Creates and locks the folder of a new run, or locks the folder of a run that is resumed.</summary>
    /// <exception cref="UnusableInputException">The folder is not writable, or another process has locked it.</exception>
    public static RunFolder Open(KeptRun run) => new(run, LockedFolder.Open(run.Path));

    public void Dispose()
    {
        _folder.Dispose();
        if (_isDiscarded)
        {
            Directory.Delete(Path, recursive: true);
        }
    }

    /// <summary>Deletes the folder at the end of this object, because the run measured nothing.</summary>
    public void Discard() => _isDiscarded = true;

    /// <summary>The path of the folder with the files of one launch.</summary>
    public string Launch(int number) => Run.Launch(number);

    /// <summary>Writes the plan of a new run.</summary>
    /// <exception cref="UnusableInputException">The folder is not writable.</exception>
    public void Begin(RunPlan plan) => Write(Run.Plan, JsonSerializer.SerializeToUtf8Bytes(plan, RunPlanJson.Default.RunPlan));

    /// <summary>Marks the run as finished. A finished run can be deleted when there are too many.</summary>
    /// <exception cref="UnusableInputException">The folder is not writable.</exception>
    public void Finish() => Write(IoPath.Combine(Path, KeptRun.FinishedFile), []);

    /// <summary>Marks the run as unfinished, until it is finished again.</summary>
    public void Continue() => File.Delete(IoPath.Combine(Path, KeptRun.FinishedFile));

    /// <summary>Writes the report of a finished launch. The file is flushed to disk before this method returns.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Keep(RunReport launch) =>
        WholeFile.Write(Run.LaunchReport(launch.Launches[0].Number), RunReportJson.Write(launch));

    /// <summary>Reads the finished launches of a run. The key is the launch's number.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="read">A function that reads and checks the file of a launch.</param>
    /// <exception cref="UnusableInputException">A launch is damaged, or belongs to another run.</exception>
    public IReadOnlyDictionary<int, RunReport> ReadLaunches(RunPlan plan, Func<string, RunReport> read)
    {
        var kept = new Dictionary<int, RunReport>();
        for (int number = 1; number <= plan.Run.Launches; number++)
        {
            string path = Run.LaunchReport(number);
            if (!File.Exists(path))
            {
                continue;
            }

            RunReport launch = ReadLaunch(read, path);
            kept[number] = launch.Run.StartedAt == plan.Run.StartedAt && launch.Launches is [var one] && one.Number == number
                    && one.Outcome == LaunchOutcome.Finished && launch.Cases.Select(each => each.Id.ToString()).SequenceEqual(plan.Cases)
                ? launch
                : throw Damaged(path, "it is no launch of this run");
        }

        return kept;
    }

    /// <summary>Deletes the files of one launch, which did not finish.</summary>
    public void Clear(int number)
    {
        if (Directory.Exists(Launch(number)))
        {
            Directory.Delete(Launch(number), recursive: true);
        }
    }

    private static void Write(string path, byte[] content)
    {
        try
        {
            WholeFile.Write(path, content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw LockedFolder.CannotWrite(IoPath.GetDirectoryName(path)!, e);
        }
    }

    private static RunReport ReadLaunch(Func<string, RunReport> read, string path)
    {
        try
        {
            return read(path);
        }
        catch (UnusableInputException e)
        {
            throw Damaged(path, e.Message);
        }
    }

    private static UnusableInputException Damaged(string path, string why) =>
        new($"{path} cannot be resumed from: {why.TrimEnd('.')}. Delete that file, and --resume measures the launch again.");
}
