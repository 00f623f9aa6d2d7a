using System.Globalization;
using System.Text.Json;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>
/// The folder that a run reports into, for one run at a time: its plan, its finished launches, its reports. What it
/// holds of a run that was interrupted, however that happened, is what a resumption goes on from.
/// </summary>
internal sealed class ResultsFolder : IDisposable
{
    /// <summary>What a run's folder is called, below the artifacts folder.</summary>
    public const string DefaultName = "results";

    private const string PlanFile = "run.json";
    private const string LaunchFile = "launch.json";
    private const string LockFile = "run.lock";
    private const string HolderFile = "run.pid";

    private readonly FileStream _lock;

    private ResultsFolder(string path, FileStream taken) => (Path, _lock) = (path, taken);

    public string Path { get; }

    /// <summary>Where <c>measure</c> reports to: beside the launches of a run, which it leaves alone.</summary>
    public string Measure => IoPath.Combine(Path, "measure");

    private string Plan => IoPath.Combine(Path, PlanFile);

    private string Launches => IoPath.Combine(Path, "launches");

    /// <summary>Opens the folder, and shows that it can be written before anything is measured.</summary>
    /// <exception cref="UnusableInputException">It cannot, or another run has it open.</exception>
    public static ResultsFolder Open(string path)
    {
        path = IoPath.GetFullPath(path);
        FileStream? taken = null;
        try
        {
            Directory.CreateDirectory(path);
            taken = Lock(path);
            string probe = IoPath.Combine(path, ".probe");
            // As much as a small report: an empty file can be made on a full disk.
            File.WriteAllBytes(probe, new byte[64 * 1024]);
            File.Delete(probe);
            foreach (string half in Directory.GetFiles(path, "*" + WholeFile.TemporarySuffix, SearchOption.AllDirectories))
            {
                // Of a run that was killed while it wrote.
                File.Delete(half);
            }

            return new ResultsFolder(path, taken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            taken?.Dispose();
            throw CannotWrite(path, e);
        }
    }

    public void Dispose()
    {
        File.Delete(IoPath.Combine(Path, HolderFile));
        _lock.Dispose();
    }

    /// <summary>Where a launch's own output goes.</summary>
    public string Launch(int number) => IoPath.Combine(Launches, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>Removes what earlier runs have left in folders below it.</summary>
    public void Empty() => Directory.GetDirectories(Path).ToList().ForEach(Remove);

    /// <summary>Begins a run: what an earlier one left of its launches goes, and the plan is on disk.</summary>
    /// <exception cref="UnusableInputException">It could not be written.</exception>
    public void Begin(RunPlan plan)
    {
        try
        {
            // First, so that launches never stand beside a plan that is not theirs.
            File.Delete(Plan);
            Remove(Launches);
            WholeFile.Write(Plan, JsonSerializer.SerializeToUtf8Bytes(plan, RunPlanJson.Default.RunPlan));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw CannotWrite(Path, e);
        }
    }

    /// <summary>The plan of the run that is to be resumed.</summary>
    /// <exception cref="UnusableInputException">There is none, or it is damaged.</exception>
    public RunPlan ReadPlan()
    {
        try
        {
            RunPlan plan = JsonSerializer.Deserialize(File.ReadAllBytes(Plan), RunPlanJson.Default.RunPlan)
                ?? throw new UnusableInputException($"{Plan} is damaged: it holds null. Without --resume a new run starts.");
            return plan.Run.PayloadFile is not { IsPossible: false }
                ? plan
                : throw new UnusableInputException($"{Plan} is damaged: its payload file cannot be. Without --resume a new run starts.");
        }
        catch (FileNotFoundException e)
        {
            throw new UnusableInputException($"There is no run to resume in {Path}: {PlanFile} is missing. Without --resume a new run starts.", e);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UnusableInputException($"{Plan} is damaged: {e.Message} Without --resume a new run starts.", e);
        }
    }

    /// <summary>Keeps a finished launch; when it returns, the launch is on disk.</summary>
    /// <exception cref="IOException">It could not be written.</exception>
    public void Keep(RunReport launch) =>
        WholeFile.Write(IoPath.Combine(Launch(launch.Launches[0].Number), LaunchFile), RunReportJson.Write(launch));

    /// <summary>The finished launches of a run.</summary>
    /// <param name="plan">The run's plan.</param>
    /// <param name="read">Reads a launch's file, and checks it.</param>
    /// <exception cref="UnusableInputException">One is damaged, or of another run.</exception>
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

            RunReport launch = Usable(read, path);
            kept[number] = launch.Run.StartedAt == plan.Run.StartedAt && launch.Launches is [var one] && one.Number == number
                    && one.Outcome == LaunchOutcome.Finished && launch.Cases.Select(each => each.Id.ToString()).SequenceEqual(plan.Cases)
                ? launch
                : throw Damaged(path, "it is no launch of this run");
        }

        return kept;
    }

    /// <summary>Removes what a launch that did not finish has left.</summary>
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

    private static RunReport Usable(Func<string, RunReport> read, string path)
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

    // The system lets go of it when its process ends, however it ends. It cannot be read as long as it is locked, so
    // the process stands in a file beside it.
    private static FileStream Lock(string folder)
    {
        string holder = IoPath.Combine(folder, HolderFile);
        string path = IoPath.Combine(folder, LockFile);
        try
        {
            var taken = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(holder, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return taken;
        }
        catch (IOException e) when (File.Exists(path) && File.Exists(holder))
        {
            throw new UnusableInputException($"Another run, process {File.ReadAllText(holder)}, reports to {folder}. Wait for it, or take another folder: --artifacts DIR.", e);
        }
    }
}
