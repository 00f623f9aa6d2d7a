using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>
/// A folder with copies of the files of the newest run, such as <c>artifacts/results</c>. A file <c>newest.json</c> lists the copies, so
/// that the next copy deletes what it does not replace, and nothing else.
/// </summary>
/// <param name="folder">The absolute path of the folder.</param>
internal sealed class NewestCopy(string folder)
{
    private const string ListFile = "newest.json";

    // These files belong to the run's own folder. A plan beside the copies would look like the folder of a version that kept one run.
    private static readonly HashSet<string> s_notCopied =
        [KeptRun.PlanFile, KeptRun.FinishedFile, LockedFolder.LockFile, LockedFolder.ProcessIdFile];

    private string List => IoPath.Combine(folder, ListFile);

    /// <summary>Whether the report in a folder is a copy, and the run that it was copied from still exists.</summary>
    public static bool HasCopiedReport(string folder) =>
        new NewestCopy(folder).Read() is { } list
        && list.Files.Contains(RunReport.FileName)
        && !File.Exists(IoPath.Combine(folder, KeptRun.PlanFile))
        && File.Exists(IoPath.Combine(folder, list.Run, RunReport.FileName));

    /// <summary>Copies all files of a run, then deletes earlier copies that the run has no file for.</summary>
    /// <exception cref="IOException">A file cannot be written or deleted.</exception>
    public void Replace(KeptRun run)
    {
        string[] files = [.. FilesOf(run.Path).Select(path => IoPath.GetRelativePath(run.Path, path).Replace('\\', '/')).Order()];
        string source = IoPath.GetRelativePath(folder, run.Path).Replace('\\', '/');
        string[] stale = [.. (Read()?.Files ?? []).Except(files)];
        // Lists the files of both runs first. If this process is killed in between, the next copy then still knows all of them.
        Write(new CopyList(source, [.. files, .. stale]));
        foreach (string file in files)
        {
            WholeFile.Copy(IoPath.Combine(run.Path, file), IoPath.Combine(folder, file));
        }

        foreach (string file in stale)
        {
            Delete(file);
        }

        Write(new CopyList(source, files));
    }

    // Does not follow links, because a link could lead out of the run's folder.
    private static FileSystemEnumerable<string> FilesOf(string run) => new(
        run,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            !entry.IsDirectory && !s_notCopied.Contains(entry.FileName.ToString())
            && !entry.FileName.EndsWith(WholeFile.TemporarySuffix, StringComparison.Ordinal),
    };

    // Deletes a file, and its folders if they are empty then. Skips a path that leads out of the folder, directly or through a link.
    private void Delete(string file)
    {
        string path = IoPath.GetFullPath(IoPath.Combine(folder, file));
        if (!path.StartsWith(folder + IoPath.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            return;
        }

        var parents = new List<DirectoryInfo>();
        for (DirectoryInfo parent = Directory.GetParent(path)!; parent.FullName != folder; parent = parent.Parent!)
        {
            parents.Add(parent);
        }

        if (!File.Exists(path) || parents.Any(parent => parent.LinkTarget is not null))
        {
            return;
        }

        File.Delete(path);
        foreach (DirectoryInfo parent in parents.TakeWhile(parent => !parent.EnumerateFileSystemInfos().Any()))
        {
            parent.Delete();
        }
    }

    private CopyList? Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(List), CopyListJson.Default.CopyList);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            // Without the list the copies of an earlier run stay, until a run has files of the same names.
            return null;
        }
    }

    private void Write(CopyList list) => WholeFile.Write(List, JsonSerializer.SerializeToUtf8Bytes(list, CopyListJson.Default.CopyList));
}

/// <summary>The content of <c>newest.json</c>.</summary>
/// <param name="Run">The path of the run's folder, relative to the folder with the copies.</param>
/// <param name="Files">The paths of the copies, relative to their folder.</param>
internal sealed record CopyList(string Run, IReadOnlyList<string> Files);

/// <summary>Reads and writes <see cref="CopyList"/> as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    WriteIndented = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CopyList))]
internal sealed partial class CopyListJson : JsonSerializerContext;
