using System.Globalization;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>Formats the time and the commit of a run.</summary>
internal static class RunText
{
    private const int CommitDigits = 8;

    /// <summary>Formats a time in UTC, without seconds: <c>2026-01-02 03:04</c>.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Returns the first digits of a commit's hash. A shorter text is returned unchanged.</summary>
    public static string Commit(string commit, int digits) => commit.Length > digits ? commit[..digits] : commit;

    /// <summary>Returns a name for a run: its commit and its start time.</summary>
    /// <param name="commit">The measured commit, or null if it is unknown.</param>
    /// <param name="isDirty">Whether the work tree had changes that the commit lacks.</param>
    /// <param name="startedAt">When the run started.</param>
    public static string Name(string? commit, bool isDirty, DateTimeOffset startedAt) =>
        $"{(commit is null ? "unknown commit" : Commit(commit, CommitDigits))}{(isDirty ? " with changes" : "")}, {Minute(startedAt)} UTC";
}
