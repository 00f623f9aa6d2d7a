using System.Globalization;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>Formats the time and the commit of a run.</summary>
internal static class RunText
{
    /// <summary>Formats a time in UTC, without seconds: <c>2026-01-02 03:04</c>.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>Returns the first digits of a commit's hash. A shorter text is returned unchanged.</summary>
    public static string Commit(string commit, int digits) => commit.Length > digits ? commit[..digits] : commit;
}
