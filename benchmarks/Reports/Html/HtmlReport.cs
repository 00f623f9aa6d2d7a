namespace WorkerRpc.Benchmarks.Reports.Html;

/// <summary>Stands in for the page until it is merged.</summary>
internal static class HtmlReport
{
    /// <summary>The page's name beside the other files of a report.</summary>
    public const string File = "report.html";

    /// <summary>The page's own policy.</summary>
    public static string ContentSecurityPolicy => "default-src 'none'";

    /// <summary>Writes the page of a report.</summary>
    public static void Write(RunReport current, RunReport? baseline, IReadOnlyList<RunReport> history, TextWriter output) =>
        output.Write(FormattableString.Invariant($"current {current.Run.StartedAt:u}, base {baseline?.Run.StartedAt:u}, history {history.Count}"));
}
