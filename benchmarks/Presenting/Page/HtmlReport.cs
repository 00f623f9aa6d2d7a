using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>
/// A report as one HTML file that needs no other file. The file includes the data, the styles, the code and the plotting library. A
/// content security policy forbids the browser to load anything else.
/// </summary>
internal static class HtmlReport
{
    /// <summary>The file name of the page in a report's folder.</summary>
    public const string File = "report.html";

    private static readonly string s_styles = PageResources.Read("report.css");
    private static readonly string s_library = PageResources.Library;
    private static readonly string s_script = PageResources.Script;

    /// <summary>The content security policy in the page's head. The report server also sends it as a header.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; script-src {Hash(s_library)} {Hash(s_script)}; style-src {Hash(s_styles)}; img-src data:; "
        + "base-uri 'none'; form-action 'none'";

    /// <summary>Writes the page of a report.</summary>
    /// <param name="current">The run that the page shows.</param>
    /// <param name="baseline">The run to compare with, or null if there is none.</param>
    /// <param name="history">Earlier runs, in any order. The page shows only the names of runs on other machines.</param>
    /// <param name="output">Receives the page.</param>
    public static void Write(RunAnalysis current, RunReport? baseline, IReadOnlyList<RunReport> history, TextWriter output) =>
        PageResources.Fill(
            new Dictionary<string, string>
            {
                ["policy"] = ContentSecurityPolicy,
                ["styles"] = s_styles,
                ["library"] = s_library,
                ["script"] = s_script,
                ["data"] = Packed.Text(data => PageJson.Write(PageData.Of(current, baseline, history), data)),
                ["distributions"] = PageDistributions.Of(current.Report),
            },
            output);

    /// <summary>Returns the content of the page's file.</summary>
    /// <param name="current">The run that the page shows.</param>
    /// <param name="baseline">The run to compare with, or null if there is none.</param>
    /// <param name="history">Earlier runs, in any order.</param>
    public static byte[] Bytes(RunAnalysis current, RunReport? baseline = null, params IReadOnlyList<RunReport> history)
    {
        using var text = new StringWriter();
        Write(current, baseline, history, text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Hash(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
}
