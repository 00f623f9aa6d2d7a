using System.Globalization;
using System.Text.Json;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The output folder of a run, with its plan, its finished launches and its reports. A lock file prevents two runs from using the folder at
/// the same time. <c>--resume</c> reads the plan and the launches to continue a run that was interrupted or killed.
/// </summary>
internal sealed class ResultsFolder : IDisposable
{
    /// <summary>The default name of the folder, which is created in the artifacts folder.</summary>
    public const string DefaultName = "results";

    private const string PlanFile = "run.json";
    private const string LaunchFile = "launch.json";
    private const string LockFile = "run.lock";
    private const string ProcessIdFile = "run.pid";

    private readonly FileStream _lock;

    private ResultsFolder(string path, FileStream lockFile) => (Path, _lock) = (path, lockFile);

    public string Path { get; }

    /// <summary>
    /// The subfolder for the output of the command <c>measure</c>, so that the command does not overwrite the launches of a run.
    /// </summary>
    public string Measure => IoPath.Combine(Path, "measure");

    private string Plan => IoPath.Combine(Path, PlanFile);

    private string Launches => IoPath.Combine(Path, "launches");

    /// <summary>
    /// Creates and locks the folder, checks that it is writable, and deletes temporary files that killed runs left there.
    /// </summary>
    /// <exception cref="UnusableInputException">The folder is not writable, or another run has locked it.</exception>
    public static ResultsFolder Open(string path)
    {
        path = IoPath.GetFullPath(path);
        FileStream? lockFile = null;
        try
        {
            Directory.CreateDirectory(path);
            lockFile = Lock(path);
            string probe = IoPath.Combine(path, ".probe");
            // Write 64 KiB, the size of a small report, because an empty file can be created even on a full disk.
            File.WriteAllBytes(probe, new byte[64 * 1024]);
            File.Delete(probe);
            foreach (string unfinished in Directory.GetFiles(path, "*" + WholeFile.TemporarySuffix, SearchOption.AllDirectories))
            {
                File.Delete(unfinished);
            }

            return new ResultsFolder(path, lockFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lockFile?.Dispose();
            throw CannotWrite(path, e);
        }
    }

    public void Dispose()
    {
        File.Delete(IoPath.Combine(Path, ProcessIdFile));
        _lock.Dispose();
    }

    /// <summary>The path of the folder with the files of one launch.</summary>
    public string Launch(int number) => IoPath.Combine(Launches, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Deletes all subfolders. Earlier runs wrote them.</summary>
    public void Empty() => Directory.GetDirectories(Path).ToList().ForEach(Remove);

    /// <summary>Starts a new run: deletes the launches of an earlier run, then writes the plan of the new run.</summary>
    /// <exception cref="UnusableInputException">The folder is not writable.</exception>
    public void Begin(RunPlan plan)
    {
        try
        {
            // Delete the old plan before the old launches. If this process is killed in between, --resume finds no plan and cannot use
            // those launches for another run.
            File.Delete(Plan);
            Remove(Launches);
            WholeFile.Write(Plan, JsonSerializer.SerializeToUtf8Bytes(plan, RunPlanJson.Default.RunPlan));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(Path, e);
        }
    }

    /// <summary>Reads the plan of the run to resume.</summary>
    /// <exception cref="UnusableInputException">The plan is missing or damaged.</exception>
    public RunPlan ReadPlan()
    {
        try
        {
            RunPlan plan = JsonSerializer.Deserialize(File.ReadAllBytes(Plan), RunPlanJson.Default.RunPlan)
                ?? throw new UnusableInputException($"{Plan} is damaged: it holds null. Without --resume a new run starts.");
            return plan.Run.PayloadFile is not { IsPossible: false }
                ? plan
                : throw new UnusableInputException(
                    $"{Plan} is damaged: its payload file cannot be. Without --resume a new run starts.");
        }
        catch (FileNotFoundException e)
        {
            throw new UnusableInputException(
                $"There is no run to resume in {Path}: {PlanFile} is missing. Without --resume a new run starts.", e);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{Plan} is damaged: {e.Message} Without --resume a new run starts.", e);
        }
    }

    /// <summary>Writes the report of a finished launch. The file is flushed to disk before this method returns.</summary>
    /// <exception cref="IOException">The file could not be written.</exception>
    public void Keep(RunReport launch) =>
        WholeFile.Write(IoPath.Combine(Launch(launch.Launches[0].Number), LaunchFile), RunReportJson.Write(launch));

    /// <summary>Reads the finished launches of a run. The key is the launch's number.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="read">A function that reads and checks the file of a launch.</param>
    /// <exception cref="UnusableInputException">A launch is damaged, or belongs to another run.</exception>
    public IReadOnlyDictionary<int, RunReport> ReadLaunches(RunPlan plan, Func<string, RunReport> read)
    {
        var kept = new Dictionary<int, RunReport>();
        for (int number = 1; number <= plan.Run.Launches; number++)
        {
            string path = IoPath.Combine(Launch(number), LaunchFile);
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
    public void Clear(int number) => Remove(Launch(number));

    private static UnusableInputException CannotWrite(string path, Exception e) =>
        new($"Reports cannot be written to {path}: {e.Message} Another folder: --artifacts DIR.", e);

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
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

    // Locks the folder by keeping a file open. The operating system releases the lock when the process exits, even if it is killed. Other
    // processes cannot read a locked file, so the process id is in a second file.
    private static FileStream Lock(string folder)
    {
        string processIdPath = IoPath.Combine(folder, ProcessIdFile);
        string path = IoPath.Combine(folder, LockFile);
        try
        {
            var lockFile = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(processIdPath, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return lockFile;
        }
        catch (IOException e) when (File.Exists(path) && File.Exists(processIdPath))
        {
            throw new UnusableInputException(
                $"Another run, process {File.ReadAllText(processIdPath)}, reports to {folder}. "
                + "Wait for it, or take another folder: --artifacts DIR.",
                e);
        }
    }
}
