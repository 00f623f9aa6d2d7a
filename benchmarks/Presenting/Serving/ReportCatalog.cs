using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Folders;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>A report in the list of the report server.</summary>
/// <param name="Id">The report's id in an address. The id is a hash of the report's folder, so it is not a path.</param>
/// <param name="Folder">The report's folder, relative to the served folder.</param>
/// <param name="Summary">The report's summary, or null if the report cannot be read.</param>
/// <param name="Damage">The reason why the report cannot be read, or null if it can be read.</param>
/// <param name="Run">The kept run that wrote the report, or null if the folder is not a kept run's.</param>
internal sealed record FoundReport(string Id, string Folder, ReportSummary? Summary, string? Damage, KeptRun? Run);

/// <summary>The summary of a report in the list.</summary>
/// <param name="StartedAt">The time at which the run started.</param>
/// <param name="Commit">The measured commit, or null if git reported none.</param>
/// <param name="Dirty">Whether the work tree had uncommitted changes, or null if git did not answer.</param>
/// <param name="Machine">A description of the machine, or null if the machine is unknown.</param>
/// <param name="Noise">The noise of the machine during the run, or null if no launch recorded it.</param>
/// <param name="Profile">The name of the run's profile.</param>
/// <param name="Cases">The number of measured cases.</param>
/// <param name="Verdict">The verdict of the run, one of the texts in <see cref="PageState"/>.</param>
internal sealed record ReportSummary(
    DateTimeOffset StartedAt,
    string? Commit,
    bool? Dirty,
    string? Machine,
    NoiseGrade? Noise,
    string Profile,
    int Cases,
    string Verdict)
{
    public static ReportSummary Of(RunReport report) => new(
        report.Run.StartedAt,
        report.Run.Commit,
        report.Run.Dirty,
        report.Environment is { } environment
            ? FormattableString.Invariant($"{environment.Processor}, {environment.Cores} cores, {environment.Os}")
            : null,
        RunNoise.Of(report).Grade,
        report.Run.Profile,
        report.Cases.Count,
        report.Failures.Any() ? PageState.Failed
            : new RunAnalysis(report).Verdict.Run is { } verdict ? PageState.Of(verdict)
            : PageState.None);
}

/// <summary>
/// The reports below one folder. A request names a report by its id in the list, so a text from a request is never used as a path.
/// Symbolic links are ignored, because a link could lead out of the folder.
/// </summary>
/// <param name="root">The folder with the reports.</param>
internal sealed class ReportCatalog(string root)
{
    /// <summary>The largest accepted size of a report file. For comparison, a standard run of all methods writes 10 MB.</summary>
    public const long MaxBytes = 256 * 1024 * 1024;

    private const int MaxDepth = 8;
    private const int IdBytes = 8;

    private static readonly EnumerationOptions s_below = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = MaxDepth,
        MatchCasing = MatchCasing.CaseSensitive,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.ReparsePoint,
    };

    // A cache of summaries. Reading a report of all methods takes 1 s, so a summary is kept until the report's file changes.
    private readonly ConcurrentDictionary<(string Path, long Bytes, DateTimeOffset Written), Summarised> _summaries = new();

    /// <summary>The absolute path of the folder with the reports.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>Lists all reports that exist now: the newest first, then damaged reports, then runs without a report.</summary>
    public IReadOnlyList<FoundReport> List() =>
    [
        .. from file in Files()
           let summarised = _summaries.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), _ => Summarise(file))
           let found = Found(file, summarised.Summary, summarised.Damage)
           orderby found.Summary is null, found.Summary?.StartedAt descending, found.Folder
           select found,
        .. from plan in FilesBelow(Root, KeptRun.PlanFile)
           where RunOf(plan) is { Report: null }
           orderby plan.DirectoryName descending
           select Found(plan, summary: null, "It has no report: it still runs, or it was killed."),
    ];

    /// <summary>Reads a report, or returns null if the list has no report with the id.</summary>
    /// <exception cref="UnusableInputException">The report is damaged.</exception>
    public RunReport? Read(string id) => Files().FirstOrDefault(file => IdOf(file) == id) is { } file ? Read(file) : null;

    /// <summary>
    /// Finds all report files below a folder. Skips the reports of single launches, and copies of kept runs. A missing folder has none.
    /// </summary>
    public static IReadOnlyList<FileInfo> FilesBelow(string folder) =>
    [
        .. FilesBelow(folder, RunReport.FileName)
            .Where(file => !KeptRun.IsLaunch(file.Directory!) && !NewestCopy.HasCopiedReport(file.DirectoryName!)),
    ];

    private static IReadOnlyList<FileInfo> FilesBelow(string folder, string name)
    {
        try
        {
            return [.. new DirectoryInfo(folder).EnumerateFiles(name, s_below)];
        }
        catch (DirectoryNotFoundException)
        {
            // The folder is missing, because it was deleted or no run has created it yet.
            return [];
        }
    }

    private static KeptRun? RunOf(FileInfo file) =>
        RunFolderName.Parse(file.Directory!.Name) is { } name ? new KeptRun(file.DirectoryName!, name) : null;

    private FoundReport Found(FileInfo file, ReportSummary? summary, string? damage) =>
        new(IdOf(file), FolderOf(file), summary, damage, RunOf(file));

    private IReadOnlyList<FileInfo> Files() => FilesBelow(Root);

    private Summarised Summarise(FileInfo file)
    {
        try
        {
            return new Summarised(ReportSummary.Of(Read(file)), Damage: null);
        }
        catch (UnusableInputException e)
        {
            return new Summarised(Summary: null, e.Message);
        }
    }

    private RunReport Read(FileInfo file)
    {
        if (file.Length is 0 or > MaxBytes)
        {
            // Refuses an empty or too large file. A named pipe also has a length of 0, and opening one could block for ever.
            throw new UnusableInputException(
                FormattableString.Invariant($"{FolderOf(file)} has a report of {file.Length} bytes. Accepted: 1 to {MaxBytes}."));
        }

        try
        {
            return RunReportConsistency.Read(file.FullName);
        }
        catch (UnusableInputException e)
        {
            // Removes the folder's path from the message, because the page must not reveal it.
            throw new UnusableInputException(e.Message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), e);
        }
    }

    private string FolderOf(FileInfo file) => Path.GetRelativePath(Root, file.DirectoryName!);

    private string IdOf(FileInfo file)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(FolderOf(file)));
        return Convert.ToHexStringLower(hash.AsSpan(0, IdBytes));
    }

    /// <summary>The summary of a report file, or the reason why the file cannot be read.</summary>
    private sealed record Summarised(ReportSummary? Summary, string? Damage);
}
