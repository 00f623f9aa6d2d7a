namespace WorkerRpc.Benchmarks.Measuring.Pairs;

/// <summary>Where this program's sources and reports are, and what git says of them.</summary>
internal static class SourceState
{
    private const string Solution = "WorkerRpc.Benchmarks.sln";

    /// <summary>The folder of the solution that this program was built from; the current folder where it is gone.</summary>
    public static string Root { get; } = FindRoot() ?? Directory.GetCurrentDirectory();

    /// <summary>The commit, and whether the work tree differs from it; null where git does not say.</summary>
    public static (string? Commit, bool? Dirty) Read() =>
        Git.Run(Root, "rev-parse", "HEAD") is { Succeeded: true, Output: var commit }
            ? (commit, Git.Run(Root, "status", "--porcelain") is { Succeeded: true, Output: var changes } ? changes.Length > 0 : null)
            : (null, null);

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
