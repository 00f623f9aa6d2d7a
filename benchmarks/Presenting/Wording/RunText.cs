using System.Globalization;

namespace WorkerRpc.Benchmarks.Presenting.Wording;

/// <summary>How a run is identified in text.</summary>
internal static class RunText
{
    /// <summary>A time in UTC, to the minute: <c>2026-01-02 03:04</c>.</summary>
    public static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    /// <summary>The first digits of a commit; all of a shorter name.</summary>
    public static string Commit(string commit, int digits) => commit.Length > digits ? commit[..digits] : commit;
}
