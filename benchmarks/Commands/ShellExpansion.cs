using WorkerRpc.Benchmarks.Measuring;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Commands;

/// <summary>Undoes what a shell makes of an unquoted <c>*</c>: the names of the files that lie around.</summary>
internal static class ShellExpansion
{
    // The build makes them after the shell has looked, or they were there before.
    private static readonly string[] s_builtFolders = ["bin", "obj"];

    /// <summary>The filters as the user typed them.</summary>
    /// <exception cref="UnusableInputException">They are names of files, but not those that <c>*</c> gives here.</exception>
    public static string[] Undo(string[] filters, Matrix matrix)
    {
        if (filters.Length == 0 || filters.Select(filter => new CasePattern(filter)).Any(pattern => matrix.Cases.Any(id => pattern.Matches(id.ToString()))))
        {
            return filters;
        }

        string here = Directory.GetCurrentDirectory();
        if (new[] { here, Path.Combine(here, "benchmarks") }.Any(folder => IsListingOf(folder, filters)))
        {
            return ["*"];
        }

        return filters.All(filter => Path.Exists(filter))
            ? throw new UnusableInputException($"--filter {string.Join(' ', filters.Take(3))}…: the shell expanded *, quote it: --filter '*'.")
            : filters;
    }

    private static bool IsListingOf(string folder, string[] filters) =>
        Directory.Exists(folder)
        && Directory.EnumerateFileSystemEntries(folder).Select(entry => Path.GetFileName(entry)).Where(name => !name.StartsWith('.'))
            .Except(s_builtFolders).ToHashSet(StringComparer.Ordinal) is { Count: > 0 } visible
        && visible.SetEquals(filters.Except(s_builtFolders));
}
