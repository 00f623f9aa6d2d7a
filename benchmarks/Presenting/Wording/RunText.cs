using System.Globalization;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>A run's time and commit as text.</summary>
internal static class RunText
{
    /// <summary>A time in UTC, to the minute: <c>2026-01-02 03:04</c>.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The first digits of a commit; the whole text where it is shorter.</summary>
    public static string Commit(string commit, int digits) => commit.Length > digits ? commit[..digits] : commit;
}
