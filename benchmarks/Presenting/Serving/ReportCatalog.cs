using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>A report that was found, as the list shows it.</summary>
/// <param name="Id">Names it in an address. It is made from the folder, and is no path.</param>
/// <param name="Folder">Its folder, relative to the one that is served.</param>
/// <param name="Summary">What is told of it; null where it is damaged.</param>
/// <param name="Damage">Why it cannot be read; null where it can.</param>
internal sealed record FoundReport(string Id, string Folder, ReportSummary? Summary, string? Damage);

/// <summary>What the list tells of a report.</summary>
/// <param name="StartedAt">When its run began.</param>
/// <param name="Commit">What it measured; null where git did not say.</param>
/// <param name="Dirty">Whether the work tree had uncommitted changes; null where git did not say.</param>
/// <param name="Machine">What it ran on; null where nobody knows.</param>
/// <param name="Noise">How far what else went on may have changed it; null where nobody watched.</param>
/// <param name="Profile">How much was measured.</param>
/// <param name="Cases">How many cases it has.</param>
internal sealed record ReportSummary(DateTimeOffset StartedAt, string? Commit, bool? Dirty, string? Machine, NoiseGrade? Noise, string Profile, int Cases)
{
    public static ReportSummary Of(RunReport report) => new(
        report.Run.StartedAt,
        report.Run.Commit,
        report.Run.Dirty,
        report.Environment is { } environment ? FormattableString.Invariant($"{environment.Cpu}, {environment.Cores} cores, {environment.Os}") : null,
        RunNoise.Of(report).Grade,
        report.Run.Profile,
        report.Cases.Count);
}

/// <summary>
/// The reports below one folder. They are found by listing, and asked for by an id of the list: no text of anybody's becomes
/// a path. Links are not followed, or one could lead out of the folder.
/// </summary>
/// <param name="root">The folder.</param>
internal sealed class ReportCatalog(string root)
{
    /// <summary>The greatest file that is read; the standard profile of all methods takes 7 MB.</summary>
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

    // What a file came to, as long as it is the same file: a report of all methods takes a second to read.
    private readonly ConcurrentDictionary<(string Path, long Bytes, DateTimeOffset Written), (ReportSummary? Summary, string? Damage)> _read = new();

    /// <summary>The folder.</summary>
    public string Root { get; } = Path.GetFullPath(root);

    /// <summary>All reports that there are now, the newest first, damaged ones last.</summary>
    public IReadOnlyList<FoundReport> List() =>
    [
        .. from file in Files()
           let told = _read.GetOrAdd((file.FullName, file.Length, file.LastWriteTimeUtc), _ => Told(file))
           let found = new FoundReport(IdOf(file), FolderOf(file), told.Summary, told.Damage)
           orderby found.Summary is null, found.Summary?.StartedAt descending, found.Folder
           select found,
    ];

    /// <summary>Reads a report; null where the list has none of that id.</summary>
    /// <exception cref="UnusableInputException">It is damaged.</exception>
    public RunReport? Read(string id) => Files().FirstOrDefault(file => IdOf(file) == id) is { } file ? Read(file) : null;

    private IEnumerable<FileInfo> Files()
    {
        try
        {
            return [.. new DirectoryInfo(Root).EnumerateFiles(RunReport.FileName, s_below)];
        }
        catch (DirectoryNotFoundException)
        {
            // It went away, or no run has made it so far.
            return [];
        }
    }

    private (ReportSummary? Summary, string? Damage) Told(FileInfo file)
    {
        try
        {
            return (ReportSummary.Of(Read(file)), null);
        }
        catch (UnusableInputException e)
        {
            return (null, e.Message);
        }
    }

    private RunReport Read(FileInfo file)
    {
        if (file.Length is 0 or > MaxBytes)
        {
            // What is no file of bytes, as a pipe, has a length of 0: opening it could wait for ever.
            throw new UnusableInputException(FormattableString.Invariant($"{FolderOf(file)} has a report of {file.Length} bytes. Accepted: 1 to {MaxBytes}."));
        }

        try
        {
            return RunReportConsistency.Read(file.FullName);
        }
        catch (UnusableInputException e)
        {
            // Where the folder lies on this machine is nobody's business.
            throw new UnusableInputException(e.Message.Replace(Root + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), e);
        }
    }

    private string FolderOf(FileInfo file) => Path.GetRelativePath(Root, file.DirectoryName!);

    private string IdOf(FileInfo file) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FolderOf(file))).AsSpan(0, IdBytes));
}
