using System.Globalization;
using System.IO.Enumeration;
using WorkerRpc.Functions;
using IoPath = System.IO.Path;

namespace WorkerRpc.Benchmarks.Results.Folders;

/// <summary>A folder that this process has locked with a file, so that no other process writes to the folder at the same time.</summary>
internal sealed class LockedFolder : IDisposable
{
    /// <summary>The name of the lock file. The file stays in the folder when the lock is released.</summary>
    public const string LockFile = "run.lock";

    /// <summary>The name of the file with the id of the process that has the lock.</summary>
    public const string ProcessIdFile = "run.pid";

    private readonly FileStream _lock;

    private LockedFolder(string path, FileStream lockFile) => (Path, _lock) = (path, lockFile);

    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>
    /// Creates and locks a folder, checks that it is writable, and deletes temporary files that killed processes left there.
    /// </summary>
    /// <exception cref="UnusableInputException">The folder is not writable, or another process has locked it.</exception>
    public static LockedFolder Open(string path)
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
            foreach (string unfinished in TemporaryFiles(path))
            {
                File.Delete(unfinished);
            }

            return new LockedFolder(path, lockFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            lockFile?.Dispose();
            throw CannotWrite(path, e);
        }
    }

    /// <summary>Whether a process, which may be this one, has locked a folder.</summary>
    /// <exception cref="IOException">The lock file cannot be opened for another reason.</exception>
    public static bool IsLocked(string path)
    {
        string lockPath = IoPath.Combine(path, LockFile);
        try
        {
            using FileStream lockFile = new(lockPath, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
        catch (IOException) when (File.Exists(lockPath))
        {
            return true;
        }
    }

    /// <summary>Makes the error for a folder to which reports cannot be written.</summary>
    public static UnusableInputException CannotWrite(string path, Exception e) =>
        new($"Reports cannot be written to {path}: {e.Message} Another folder: --artifacts DIR.", e);

    /// <summary>Deletes all subfolders. Earlier processes wrote them.</summary>
    public void Empty() => Directory.GetDirectories(Path).ToList().ForEach(folder => Directory.Delete(folder, recursive: true));

    public void Dispose()
    {
        File.Delete(IoPath.Combine(Path, ProcessIdFile));
        _lock.Dispose();
    }

    // Skips links, and subfolders with their own lock, because another process can write there now.
    private static FileSystemEnumerable<string> TemporaryFiles(string folder) => new(
        folder,
        (ref FileSystemEntry entry) => entry.ToFullPath(),
        new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
    {
        ShouldIncludePredicate = (ref FileSystemEntry entry) =>
            !entry.IsDirectory && entry.FileName.EndsWith(WholeFile.TemporarySuffix, StringComparison.Ordinal),
        ShouldRecursePredicate = (ref FileSystemEntry entry) => !File.Exists(IoPath.Combine(entry.ToFullPath(), LockFile)),
    };

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
