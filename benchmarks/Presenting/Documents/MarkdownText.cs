using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>Writes lists in Markdown documents.</summary>
internal static class MarkdownText
{
    /// <summary>Appends a section with a list. The text of each item is escaped.</summary>
    public static StringBuilder AppendList(this StringBuilder text, string title, IEnumerable<string> items) =>
        text.Append(CultureInfo.InvariantCulture, $"## {title}\n\n").AppendItems(items).Append('\n');

    /// <summary>Appends a list. The text of each item is escaped.</summary>
    public static StringBuilder AppendItems(this StringBuilder text, IEnumerable<string> items)
    {
        foreach (string item in items)
        {
            text.Append("- ").Append(MarkdownTable.Escape(item)).Append('\n');
        }

        return text;
    }
}
