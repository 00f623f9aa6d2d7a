using System.Text.Json;
using System.Text.RegularExpressions;
using WorkerRpc.Functions;

namespace WorkerRpc.Benchmarks.Results;

/// <summary>Opens files that a user names, and refuses in one plain line what cannot be read.</summary>
internal static partial class InputFile
{
    /// <summary>
    /// The largest file that is read, in bytes. A report of every method with 11 launches has about 20 MB, and a JSON reader needs several
    /// times the size of its file.
    /// </summary>
    public const long MaxBytes = 512L << 20;

    /// <summary>Opens a file.</summary>
    /// <exception cref="UnusableInputException">
    /// The path is missing, a folder, empty, no regular file or too large, or the file cannot be opened.
    /// </exception>
    public static FileStream Open(string path)
    {
        try
        {
            if (Directory.Exists(path))
            {
                throw new UnusableInputException($"'{path}' cannot be read: it is a folder. Expected: a file.");
            }

            if (FileContent.IsMissing(path))
            {
                throw new UnusableInputException($"'{path}' cannot be read: it is {FileContent.Missing}.");
            }

            FileStream file = File.OpenRead(path);
            if (file.CanSeek && file.Length > MaxBytes)
            {
                long length = file.Length;
                file.Dispose();
                throw new UnusableInputException(
                    $"'{path}' cannot be read: it has {Format.Bytes(length)}, and a file of measurements has at most "
                    + $"{Format.Bytes(MaxBytes)}.");
            }

            return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new UnusableInputException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Returns the first of some files that a folder has. A path that is no folder is returned as it is.</summary>
    /// <exception cref="UnusableInputException">The path is a folder without such a file.</exception>
    public static string InFolder(string path, params IReadOnlyList<string> names) => !Directory.Exists(path) ? path
        : names.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new UnusableInputException(
                $"The folder {path} has {(names.Count == 1 ? "no" : "none of")} {string.Join(", ", names)}.");

    /// <summary>Says where a JSON text is damaged, without the names of this program's types.</summary>
    public static string Mistake(JsonException e)
    {
        if (e.Path is not { } path)
        {
            // The message ends with a position that counts lines from 0.
            string reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
            return e.LineNumber is { } line ? FormattableString.Invariant($"line {line + 1}: {reason}") : reason;
        }

        string place = path == "$" ? "the text" : path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : path;
        return MissingMembers().Match(e.Message) is { Success: true } missing
            ? $"{place} lacks {missing.Groups["names"].Value}"
            : $"{place} has a value that does not belong there";
    }

    [GeneratedRegex("including: (?<names>'.*')")]
    private static partial Regex MissingMembers();
}
