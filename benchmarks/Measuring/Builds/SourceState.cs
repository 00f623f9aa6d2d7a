namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>The folder of this program's sources and the state of its git repository.</summary>
internal static class SourceState
{
    private const string Solution = "WorkerRpc.Benchmarks.sln";

    /// <summary>
    /// The folder of the solution that this program was built from. If that folder no longer exists, it is the current folder.
    /// </summary>
    public static string Root { get; } = FindRoot() ?? Directory.GetCurrentDirectory();

    /// <summary>Whether the folder of the solution exists. It does not where the program was installed as a .NET tool.</summary>
    public static bool HasSources { get; } = FindRoot() is not null;

    /// <summary>
    /// Returns the current commit, and whether the work tree differs from it. A value is null if git cannot report it, or if the program
    /// has no sources: the current folder may then be a repository of something else.
    /// </summary>
    public static async Task<(string? Commit, bool? Dirty)> ReadAsync(CancellationToken interrupted)
    {
        if (!HasSources)
        {
            return (null, null);
        }

        var git = new Git(Root, interrupted);
        GitAnswer commit = await git.RunAsync("rev-parse", "HEAD");
        GitAnswer changes = await git.RunAsync("status", "--porcelain");
        return commit.Succeeded ? (commit.Output, changes.Succeeded ? changes.Output.Length > 0 : null) : (null, null);
    }

    /// <summary>Whether git tracks a file in a folder or below it. False if there is no git, or the folder is in no repository.</summary>
    public static async Task<bool> IsTrackedAsync(string folder, CancellationToken interrupted)
    {
        // safe.directory lets git read a repository of another user, as one is in a container.
        GitAnswer files = await new Git(folder, interrupted).RunAsync("-c", "safe.directory=*", "ls-files", "--", ".");
        return files.Succeeded && files.Output.Length > 0;
    }

    private static string? FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Solution)))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
