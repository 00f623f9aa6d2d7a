using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Analysis.Reading;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>A report in the list.</summary>
/// <param name="Id">The report's id in an address: a hash of its folder, not a path.</param>
/// <param name="Folder">The report's folder, relative to the served folder.</param>
/// <param name="Summary">The report's summary; null where the report is damaged.</param>
/// <param name="Damage">Why the report cannot be read; null where it can.</param>
internal sealed record FoundReport(string Id, string Folder, ReportSummary? Summary, string? Damage);

/// <summary>The summary of a report in the list.</summary>
/// <param name="StartedAt">The start of the run.</param>
/// <param name="Commit">The measured commit; null where git gave none.</param>
/// <param name="Dirty">Whether the work tree had uncommitted changes; null where git gave no answer.</param>
/// <param name="Machine">The machine; null where it is unknown.</param>
/// <param name="Noise">The run's noise; null where no launch recorded it.</param>
/// <param name="Profile">The profile's name.</param>
/// <param name="Cases">The number of cases.</param>
internal sealed record ReportSummary(
    DateTimeOffset StartedAt, string? Commit, bool? Dirty, string? Machine, NoiseGrade? Noise, string Profile, int Cases)
{
    public static ReportSummary Of(RunReport report) => new(
        report.Run.StartedAt,
        report.Run.Commit,
        report.Run.Dirty,
        report.Environment is { } environment
            ? FormattableString.Invariant($"{environment.Cpu}, {environment.Cores} cores, {environment.Os}")
            : null,
        RunNoise.Of(report).Grade,
        report.Run.Profile,
        report.Cases.Count);
}

/// <summary>
/// The reports below one folder. A request names a report by an id of the list, so no text of a request becomes a path. Links are
/// not followed, since one could lead out of the folder.
/// </summary>
/// <param name="root">The folder with the reports.</param>
internal sealed class ReportCatalog(string root)
{
    /// <summary>The largest file that is read. The standard profile of all methods takes 10 MB.</summary>
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

    // Reading a report of all methods takes a second, so a summary is kept as long as the file does not change.
    private readonly ConcurrentDictionary<(string Path, long Bytes, DateTimeOffset Written), Summarised> _summaries = new();

    /// <summary>The folder, as an absolute path.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>All current reports, the newest first, damaged ones last.</summary>
    public IReadOnlyList<FoundReport> List() =>
    [
        .. from file in Files()
           let summarised = _summaries.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), _ => Summarise(file))
           let found = new FoundReport(IdOf(file), FolderOf(file), summarised.Summary, summarised.Damage)
           orderby found.Summary is null, found.Summary?.StartedAt descending, found.Folder
           select found,
    ];

    /// <summary>Reads a report; null where the list has none with that id.</summary>
    /// <exception cref="UnusableInputException">The report is damaged.</exception>
    public RunReport? Read(string id) => Files().FirstOrDefault(file => IdOf(file) == id) is { } file ? Read(file) : null;

    private IEnumerable<FileInfo> Files()
    {
        try
        {
            return [.. new DirectoryInfo(Root).EnumerateFiles(RunReport.FileName, s_below)];
        }
        catch (DirectoryNotFoundException)
        {
            // The folder was deleted, or no run has created it yet.
            return [];
        }
    }

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
            // A pipe has a length of 0, and opening it could wait for ever.
            throw new UnusableInputException(
                FormattableString.Invariant($"{FolderOf(file)} has a report of {file.Length} bytes. Accepted: 1 to {MaxBytes}."));
        }

        try
        {
            return RunReportConsistency.Read(file.FullName);
        }
        catch (UnusableInputException e)
        {
            // The page must not reveal where the folder is on this machine.
            throw new UnusableInputException(e.Message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), e);
        }
    }

    private string FolderOf(FileInfo file) => Path.GetRelativePath(Root, file.DirectoryName!);

    private string IdOf(FileInfo file)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(FolderOf(file)));
        return Convert.ToHexStringLower(hash.AsSpan(0, IdBytes));
    }

    /// <summary>A file's summary, or why it cannot be read.</summary>
    private sealed record Summarised(ReportSummary? Summary, string? Damage);
}
