using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>
/// The folder <c>artifacts/results</c>. Each run has its own folder below <c>runs</c>; the paths beside <c>runs</c> have copies of the
/// newest run. A lock allows only one process at a time to add a run, because runs that measure at the same time disturb each other.
/// </summary>
internal sealed class ResultsFolder : IDisposable
{
    /// <summary>The name of the folder, which is in the artifacts folder.</summary>
    public const string DefaultName = "results";

    /// <summary>The number of runs that are kept without the option <c>--keep</c>.</summary>
    public const int DefaultKeep = 20;

    /// <summary>The accepted range of <c>--keep</c>.</summary>
    public static readonly Bounds<int> KeepBounds = new(1, 10_000, "runs");

    private const string RunsFolder = "runs";
    private const string DeletedPrefix = ".deleted-";

    private readonly string _results;
    private readonly RunKind _kind;
    private readonly LockedFolder _lock;

    private ResultsFolder(string results, RunKind kind, LockedFolder folder) => (_results, _kind, _lock) = (results, kind, folder);

    /// <summary>
    /// The folder to which the run of an earlier version was moved when this folder was opened. Null if there was no such run.
    /// </summary>
    public string? Moved { get; private set; }

    /// <summary>The folder with the copies of the newest run of the kind.</summary>
    public string Path => _kind == RunKind.Run ? _results : IoPath.Combine(_results, CopyFolder(_kind));

    private string RunsPath => IoPath.Combine(_results, RunsFolder);

    /// <summary>Lists the runs of all kinds, the newest first. Folders that are no run's are left out, and so are links.</summary>
    /// <param name="artifacts">The artifacts folder.</param>
    public static IReadOnlyList<KeptRun> Runs(string artifacts) => RunsIn(IoPath.Combine(artifacts, DefaultName, RunsFolder));

    /// <summary>Opens the folder to add a run, or to resume one.</summary>
    /// <param name="artifacts">The artifacts folder.</param>
    /// <param name="kind">The kind of the run.</param>
    /// <exception cref="UnusableInputException">The folder is not writable, or another process adds a run.</exception>
    public static ResultsFolder Open(string artifacts, RunKind kind)
    {
        string results = IoPath.Combine(IoPath.GetFullPath(artifacts), DefaultName);
        // A gate reports to a folder of its own, also when a run has locked the results.
        var folder = LockedFolder.Open(kind == RunKind.Gate ? IoPath.Combine(results, CopyFolder(kind)) : results);
        var opened = new ResultsFolder(results, kind, folder);
        try
        {
            opened.MoveOldLayout();
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            opened.Dispose();
            throw LockedFolder.CannotWrite(results, e);
        }
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Creates and locks the folder of a new run.</summary>
    /// <param name="startedAt">The time at which the run started.</param>
    /// <param name="commit">The measured commit, or null if the commit is unknown.</param>
    /// <param name="name">The name that the user gave, or null.</param>
    /// <exception cref="UnusableInputException">The folder is not writable.</exception>
    public RunFolder Create(DateTimeOffset startedAt, string? commit, string? name = null)
    {
        var wanted = RunFolderName.Of(startedAt, commit, _kind, name);
        return RunFolder.Open(FirstFree(wanted, path => !Directory.Exists(path)));
    }

    /// <summary>Creates the folder of a new run and writes the run's plan.</summary>
    /// <exception cref="UnusableInputException">The folder is not writable.</exception>
    public RunFolder Begin(RunPlan plan, string? name)
    {
        RunFolder folder = Create(plan.Run.StartedAt, plan.Run.Commit, name);
        folder.Begin(plan);
        return folder;
    }

    /// <summary>Locks the folder of the newest run that <c>--resume</c> can continue.</summary>
    /// <param name="name">The name that the run must have, or null for any run.</param>
    /// <exception cref="UnusableInputException">There is no such run, or another process has locked its folder.</exception>
    public RunFolder Resume(string? name) =>
        RunsIn(RunsPath).FirstOrDefault(run => (name is null || run.FolderName.Name == name) && run.IsResumable) is { } newest
            ? RunFolder.Open(newest)
            : throw new UnusableInputException(
                $"There is no run to resume in {RunsPath}: no run {(name is null ? "" : $"with the name '{name}' ")}is unfinished "
                + "or lacks a launch. Without --resume a new run starts.");

    /// <summary>Copies the files of a run to the paths of the newest run.</summary>
    /// <exception cref="IOException">A file cannot be written or deleted.</exception>
    public void Copy(RunFolder run) => new NewestCopy(Path).Replace(run.Run);

    /// <summary>
    /// Deletes the oldest finished runs of the kind that have no name. A gate or measurement that was interrupted cannot be resumed, so it
    /// is deleted like a finished one. A run that a process has locked is never deleted.
    /// </summary>
    /// <param name="keep">The number of such runs that stay.</param>
    /// <returns>The paths of the deleted folders.</returns>
    /// <exception cref="IOException">A folder cannot be deleted.</exception>
    public IReadOnlyList<string> DeleteOld(int keep)
    {
        if (new DirectoryInfo(RunsPath) is not { Exists: true, LinkTarget: null })
        {
            return [];
        }

        foreach (string rest in Directory.GetDirectories(RunsPath, DeletedPrefix + "*"))
        {
            if (RunFolderName.Parse(IoPath.GetFileName(rest)[DeletedPrefix.Length..])?.Kind == _kind)
            {
                Directory.Delete(rest, recursive: true);
            }
        }

        KeptRun[] old =
        [
            .. RunsIn(RunsPath)
                .Where(run => run.FolderName.Kind == _kind && run.FolderName.Name is null && (run.IsFinished || _kind != RunKind.Run))
                .Skip(keep)
                .Where(run => !LockedFolder.IsLocked(run.Path)),
        ];
        foreach (KeptRun run in old)
        {
            // Renames the folder first. If this process is killed in between, a half-deleted folder does not look like an unfinished run.
            string deleted = IoPath.Combine(RunsPath, DeletedPrefix + run.FolderName);
            Directory.Move(run.Path, deleted);
            Directory.Delete(deleted, recursive: true);
        }

        return [.. old.Select(run => run.Path)];
    }

    private void MoveOldLayout()
    {
        var old = new OldLayout(_results);
        if (_kind != RunKind.Run || !old.Exists)
        {
            return;
        }

        // A folder without a plan is the rest of an earlier move, which this move completes.
        KeptRun run = FirstFree(old.FolderName(), path => !File.Exists(IoPath.Combine(path, KeptRun.PlanFile)));
        old.MoveTo(run);
        new NewestCopy(Path).Replace(run);
        Moved = run.Path;
    }

    private static string CopyFolder(RunKind kind) => kind == RunKind.Gate ? "gate" : "measure";

    private static IReadOnlyList<KeptRun> RunsIn(string runs)
    {
        var folder = new DirectoryInfo(runs);
        if (!folder.Exists)
        {
            return [];
        }

        return
        [
            .. from one in folder.GetDirectories()
               where one.LinkTarget is null
               let name = RunFolderName.Parse(one.Name)
               where name is not null
               let run = new KeptRun(one.FullName, name)
               where name.Kind != RunKind.Run || File.Exists(run.Plan)
               orderby name.StartedAt descending, name.Ordinal descending, one.Name descending
               select run,
        ];
    }

    // Counts up until a folder with the name can be used. The lock of this folder prevents another process from taking the same name.
    private KeptRun FirstFree(RunFolderName wanted, Func<string, bool> isFree)
    {
        while (!isFree(IoPath.Combine(RunsPath, wanted.ToString())))
        {
            wanted = wanted with { Ordinal = wanted.Ordinal + 1 };
        }

        return new KeptRun(IoPath.Combine(RunsPath, wanted.ToString()), wanted);
    }
}
