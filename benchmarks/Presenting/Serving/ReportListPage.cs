using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Noise;
using WorkerRpc.Benchmarks.Presenting.Page;
using WorkerRpc.Benchmarks.Presenting.Wording;

namespace WorkerRpc.Benchmarks.Presenting.Serving;

/// <summary>The HTML page that lists the reports. The page is a form with a check box for each report, and has no scripts.</summary>
internal static class ReportListPage
{
    /// <summary>The address of the page that shows the chosen reports.</summary>
    public const string View = "view";

    private const int CommitDigits = 12;

    private const string Styles = """
        :root {
          color-scheme: light dark; font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
          --good: light-dark(#00674a, #3ecf9f); --bad: light-dark(#a33c00, #ff9350); --open: light-dark(#6a4d00, #f2c14e)
        }
        body {
          margin: 0 auto; max-width: 72rem; padding: 1rem;
          background: light-dark(#f5f6f8, #121417); color: light-dark(#1a1d21, #eceef1)
        }
        h1 { font-size: 1.15rem; margin: 0 0 .25rem }
        ul { list-style: none; padding: 0; display: grid; gap: .5rem }
        li { background: light-dark(#ffffff, #1b1e23); border: 1px solid light-dark(#c6ccd4, #444b55); border-radius: 12px }
        label { display: grid; grid-template-columns: 1.75rem 1fr; padding: .6rem .75rem; overflow-wrap: anywhere }
        label:hover strong { text-decoration: underline }
        .chip { font-size: .85rem; font-weight: 600; border: 1px solid; border-radius: 999px; padding: 1px 9px; white-space: nowrap }
        .good { color: var(--good) }
        .bad { color: var(--bad); border-radius: 4px }
        .open { color: var(--open); border-radius: 4px; border-style: dashed }
        input { width: 1.1rem; height: 1.1rem; margin: .2rem 0 0 }
        strong { display: block }
        small { display: block; font-size: .875rem; opacity: .85 }
        .damaged { padding: .6rem .75rem .6rem 2.5rem; overflow-wrap: anywhere }
        button { font: inherit; padding: .5rem 1.25rem }
        form > p { position: sticky; bottom: 0; margin: 0; padding: .75rem 0; background: light-dark(#f5f6f8, #121417) }
        a { margin-left: .5rem }
        """;

    /// <summary>The content security policy of the page. The policy allows only the page's own styles and its form.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Styles)))}'; "
        + "form-action 'self'; base-uri 'none'";

    /// <summary>Returns the page as HTML.</summary>
    /// <param name="reports">The reports to list.</param>
    /// <param name="most">The largest number of reports that the user can choose.</param>
    public static string Write(IReadOnlyList<FoundReport> reports, int most)
    {
        var page = new StringBuilder()
            .Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
            .Append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Reports</title>")
            .Append(CultureInfo.InvariantCulture, $"<style>{Styles}</style></head>\n<body><main><h1>Reports</h1>\n");
        if (reports.Count == 0)
        {
            page.Append("<p>None so far. A run makes one: <code>dotnet run -c Release --project benchmarks</code></p>\n");
        }
        else
        {
            page.Append("<p>Choose one to see it, two to hold the newer against the older, ")
                .Append(CultureInfo.InvariantCulture, $"up to {most} for the history of their cases.</p>\n")
                .Append(CultureInfo.InvariantCulture, $"<form action=\"{View}\" method=\"get\"><ul>\n")
                .AppendJoin("", reports.Select(Item))
                .Append("</ul><p><button>Show</button></p></form>\n");
        }

        return page.Append("</main></body></html>\n").ToString();
    }

    private static string Item(FoundReport report) => report.Summary is { } summary
        ? $"<li><label><input type=\"checkbox\" name=\"run\" value=\"{report.Id}\"><span>"
            + $"<strong>{Text(Name(report))}, {RunText.Minute(summary.StartedAt)} UTC"
            + (IsUnfinished(report) ? ", unfinished</strong>" : "</strong>")
            + Verdict(summary.Verdict)
            + $"<small>{(Name(report) == report.Folder ? "" : Text(report.Folder) + "; ")}"
            + $"{Text(Commit(summary))}; {Text(Noise(summary.Noise))}; "
            + $"profile {Text(summary.Profile)}, {Count(summary.Cases)}</small>"
            + $"<small>{Text(summary.Machine ?? "machine not known")}</small></span></label></li>\n"
        : $"<li class=\"damaged\"><strong>{Text(report.Folder)}: {(IsUnfinished(report) ? "unfinished" : "damaged")}</strong>"
            + $"<small>{Text(report.Damage!)}</small></li>\n";

    // The mark and the shape say the verdict without a colour, as on the page of a report.
    private static string Verdict(string verdict)
    {
        (string mark, string kind) = verdict switch
        {
            "viable" => ("✓", "good"),
            "not known" => ("?", "open"),
            PageState.None => ("–", "none"),
            PageState.Failed => ("!", "bad"),
            _ => ("✕", "bad"),
        };
        string words = verdict == PageState.None ? "no verdict" : verdict;
        return $"<span class=\"chip {kind}\"><span aria-hidden=\"true\">{mark}</span> {Text(words)}</span>";
    }

    private static string Name(FoundReport report) => report.Run?.FolderName.Name ?? report.Folder;

    private static bool IsUnfinished(FoundReport report) => report.Run is { IsFinished: false };

    private static string Commit(ReportSummary summary) => summary.Commit is { } commit
        ? $"commit {RunText.Commit(commit, CommitDigits)}{(summary.Dirty == true ? " with uncommitted changes" : "")}"
        : "commit not known";

    private static string Noise(NoiseGrade? grade) => $"noise: {(grade is { } known ? RunNoise.Name(known) : "not recorded")}";

    private static string Count(int cases) => string.Create(CultureInfo.InvariantCulture, $"{cases} case{(cases == 1 ? "" : "s")}");

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
