using System.Reflection;
using System.Text.RegularExpressions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>The parts of the page (HTML, styles and scripts), which are embedded in this assembly.</summary>
internal static partial class PageResources
{
    // The script files in the order in which they are joined. A file can use the constants of earlier files.
    private static readonly string[] s_scripts =
    [
        "page.js", "text.js", "theme.js", "chart.js", "tables.js", "verdict.js", "percentiles.js", "overhead.js", "cost.js",
        "launches.js", "compare.js", "controls.js", "report.js",
    ];

    /// <summary>The page's own script, joined from several files. It is asynchronous, because it unpacks the data first.</summary>
    public static string Script => "\"use strict\";\n(async () => {\n" + string.Concat(s_scripts.Select(Read)) + "})();\n";

    /// <summary>
    /// Apache ECharts, with its licence header. The embedded bundle has three scripts, and each script starts at the beginning of a line.
    /// The page leaves out the other two: a statistics library and a wrapper.
    /// </summary>
    public static string Library
    {
        get
        {
            string bundle = Read("echarts.js");
            int[] begins = [.. BeginOfScript().Matches(bundle).Select(match => match.Index)];
            return begins.Length > 1
                ? bundle[..begins[1]]
                : throw new InvalidOperationException("The bundle of Vizor.ECharts is laid out otherwise than its version 0.9.7.");
        }
    }

    /// <summary>Reads an embedded file. Line ends are the same on every system.</summary>
    public static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/" + name)
            ?? throw new InvalidOperationException($"The page has no part '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Writes the page. Each <c>{{name}}</c> is replaced by the part with that name, which is not escaped.</summary>
    public static void Fill(IReadOnlyDictionary<string, string> parts, TextWriter output)
    {
        string page = Read("report.html");
        int written = 0;
        foreach (Match place in Place().Matches(page))
        {
            output.Write(page.AsSpan(written, place.Index - written));
            output.Write(parts[place.Groups[1].Value]);
            written = place.Index + place.Length;
        }

        output.Write(page.AsSpan(written));
    }

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"^!function\(", RegexOptions.Multiline)]
    private static partial Regex BeginOfScript();
}
