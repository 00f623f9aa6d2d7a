using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>
/// Replaces a list of file names by <c>*</c>. The shell expands an unquoted <c>*</c> to the names of all files in the current folder.
/// </summary>
internal static class ShellExpansion
{
    // The comparison with the folder's files ignores bin and obj, because the build might create them after the shell expanded the *.
    private static readonly string[] s_builtFolders = ["bin", "obj"];

    /// <summary>Returns the filters as the user typed them.</summary>
    /// <exception cref="UnusableInputException">All filters are file names, but they are not all files of the folder.</exception>
    public static string[] Undo(string[] filters, Matrix matrix)
    {
        bool matchesCase = filters.Select(filter => new CasePattern(filter))
            .Any(pattern => matrix.Cases.Any(id => pattern.Matches(id.ToString())));
        if (filters.Length == 0 || matchesCase)
        {
            return filters;
        }

        string here = Directory.GetCurrentDirectory();
        if (new[] { here, Path.Combine(here, "benchmarks") }.Any(folder => IsListingOf(folder, filters)))
        {
            return ["*"];
        }

        return filters.All(filter => Path.Exists(filter))
            ? throw new UnusableInputException(
                $"--filter {string.Join(' ', filters.Take(3))}…: the shell expanded *, quote it: --filter '*'.")
            : filters;
    }

    private static bool IsListingOf(string folder, string[] filters) =>
        Directory.Exists(folder)
        && Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith('.'))
            .Except(s_builtFolders).ToHashSet(StringComparer.Ordinal) is { Count: > 0 } visible
        && visible.SetEquals(filters.Except(s_builtFolders));
}
