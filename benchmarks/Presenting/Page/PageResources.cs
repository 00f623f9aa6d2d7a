using System.Reflection;
using System.Text.RegularExpressions;

namespace WorkerRpc.Benchmarks.Presenting.Page;

/// <summary>The page's parts, as they stand in this assembly.</summary>
internal static partial class PageResources
{
    // In the order in which they build on each other.
    private static readonly string[] s_scripts =
        ["page.js", "text.js", "theme.js", "chart.js", "tables.js", "verdict.js", "percentiles.js", "overhead.js", "cost.js", "launches.js", "compare.js", "controls.js", "report.js"];

    /// <summary>The page's own code.</summary>
    public static string Script => "\"use strict\";\n(() => {\n" + string.Concat(s_scripts.Select(Read)) + "})();\n";

    /// <summary>
    /// Apache ECharts, with its licence header. In the bundle stand a statistics library and a wrapper behind it, each
    /// beginning a line as ECharts does; the page uses neither.
    /// </summary>
    public static string Library
    {
        get
        {
            string bundle = Read("echarts.js");
            int[] begins = [.. BeginOfScript().Matches(bundle).Select(match => match.Index)];
            return begins.Length > 1 ? bundle[..begins[1]] : throw new InvalidOperationException("The bundle of Vizor.ECharts is laid out otherwise than its version 0.9.7.");
        }
    }

    /// <summary>A part's text, its lines ended alike on every system.</summary>
    public static string Read(string name)
    {
        using Stream stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("page/" + name) ?? throw new InvalidOperationException($"The page has no part '{name}'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    /// <summary>Writes the page, each <c>{{name}}</c> of it as that part. What a part holds is written as it is.</summary>
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
