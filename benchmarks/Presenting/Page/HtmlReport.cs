using System.Security.Cryptography;
using System.Text;
using WorkerRpc.Benchmarks.Analysis;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>
/// A report as one page that needs nothing beside it: its data, its styles, its code and the plotting library stand in
/// the file, and its policy lets the browser load nothing else.
/// </summary>
internal static class HtmlReport
{
    /// <summary>The page's name beside the other files of a report.</summary>
    public const string File = "report.html";

    private static readonly string s_styles = PageResources.Read("report.css");
    private static readonly string s_library = PageResources.Library;
    private static readonly string s_script = PageResources.Script;

    /// <summary>The policy that the page itself gives in its head: for a server, which can say the same in a header.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; script-src {Hash(s_library)} {Hash(s_script)}; style-src {Hash(s_styles)}; img-src data:; base-uri 'none'; form-action 'none'";

    /// <summary>Writes the page of a report.</summary>
    /// <param name="current">What the page is of.</param>
    /// <param name="baseline">What it is held against; null for nothing.</param>
    /// <param name="history">Earlier runs, in any order; those of another machine are named and left out. Empty for none.</param>
    /// <param name="output">Where the page goes, as UTF-8 where it is bytes.</param>
    public static void Write(RunReport current, RunReport? baseline, IReadOnlyList<RunReport> history, TextWriter output) =>
        Write(new Tables(current), baseline, history, output);

    /// <inheritdoc cref="Write(RunReport, RunReport?, IReadOnlyList{RunReport}, TextWriter)"/>
    /// <param name="current">The tables of what the page is of, which are made already where they stand beside it.</param>
    /// <param name="baseline">What it is held against; null for nothing.</param>
    /// <param name="history">Earlier runs.</param>
    /// <param name="output">Where the page goes.</param>
    public static void Write(Tables current, RunReport? baseline, IReadOnlyList<RunReport> history, TextWriter output)
    {
        var parts = new Dictionary<string, string>
        {
            ["policy"] = ContentSecurityPolicy,
            ["styles"] = s_styles,
            ["library"] = s_library,
            ["script"] = s_script,
            ["data"] = PageJson.Write(PageData.Of(current, baseline, history)),
            ["distributions"] = PageDistributions.Of(current.Report),
        };
        PageResources.Fill(parts, output);
    }

    /// <summary>The page as the bytes of its file.</summary>
    /// <param name="current">The tables of what the page is of.</param>
    /// <param name="baseline">What it is held against; null for nothing.</param>
    public static byte[] Bytes(Tables current, RunReport? baseline = null)
    {
        using var text = new StringWriter();
        Write(current, baseline, history: [], text);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Hash(string content) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}'";
}
