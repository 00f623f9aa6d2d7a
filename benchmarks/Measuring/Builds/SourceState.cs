namespace WorkerRpc.Benchmarks.Measuring.Builds;

/// <summary>The folder of this program's sources and the state of its git repository.</summary>
internal static class SourceState
{
    private const string Solution = "WorkerRpc.Benchmarks.sln";

    /// <summary>The folder of the solution that this program was built from, or the current folder if that is gone.</summary>
    public static string Root { get; } = FindRoot() ?? Directory.GetCurrentDirectory();

    /// <summary>The commit, and whether the work tree differs from it; null if git does not know.</summary>
    public static async Task<(string? Commit, bool? Dirty)> ReadAsync(CancellationToken interrupted)
    {
        var git = new Git(Root, interrupted);
        GitAnswer commit = await git.RunAsync("rev-parse", "HEAD");
        GitAnswer changes = await git.RunAsync("status", "--porcelain");
        return commit.Succeeded ? (commit.Output, changes.Succeeded ? changes.Output.Length > 0 : null) : (null, null);
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
