using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Turns a list of file names back into <c>*</c>: a shell expands an unquoted <c>*</c> to the files of its folder.</summary>
internal static class ShellExpansion
{
    // These folders may be missing from the shell's list, because the build may create them after the expansion.
    private static readonly string[] s_builtFolders = ["bin", "obj"];

    /// <summary>The filters as the user typed them.</summary>
    /// <exception cref="UnusableInputException">The filters are file names, but not the complete list that <c>*</c> expands to.</exception>
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
