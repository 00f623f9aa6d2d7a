using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>
/// Writes a comparison as a comment for a pull request: the verdict, the changes, and the other answers in a folded section.
/// </summary>
internal static class ComparisonDocument
{
    /// <summary>
    /// Writes the comment for a pull request in Markdown. If there is a picture, the comment names its files and describes them.
    /// </summary>
    public static string Write(Comparison comparison, (string Name, string Alternative)? picture)
    {
        StringBuilder text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"## {comparison.Title}: {MarkdownTable.Escape(comparison.Verdict)}\n\n")
            .Append(MarkdownTable.Escape(comparison.Current)).Append(" against ")
            .Append(MarkdownTable.Escape(comparison.Base)).Append("\n\n");
        if (picture is var (name, alternative))
        {
            // A comment cannot show a picture from the run's artifact, so the comment describes the picture in words.
            text.Append(CultureInfo.InvariantCulture, $"Picture, in the run's artifact as `{name}.svg` and `{name}.png`: ")
                .Append(MarkdownTable.Escape(alternative)).Append("\n\n");
        }

        if (Notable(comparison) is { Length: > 0 } notable)
        {
            text.Append(MarkdownTable.Write(ComparisonColumns.All, notable)).Append('\n');
        }

        if (comparison.Answers.Count > 0)
        {
            IEnumerable<string> counts = comparison.Answers
                .GroupBy(answer => answer.Words)
                .OrderByDescending(group => group.Count())
                .Select(group => $"{group.Count()} {group.Key}");
            text.Append("<details><summary>")
                .Append(CultureInfo.InvariantCulture, $"All {comparison.Answers.Count} answers: {string.Join(", ", counts)}")
                .Append("</summary>\n\n")
                .Append(MarkdownTable.Write(ComparisonColumns.All, comparison.Answers)).Append("\n</details>\n\n");
        }

        foreach (string warning in comparison.Warnings)
        {
            text.Append("- **Warning:** ").Append(MarkdownTable.Escape(warning)).Append('\n');
        }

        text.AppendItems(comparison.Basis);
        return comparison.Controls is { } controls ? text.Append('\n').Append(controls).Append('\n').ToString() : text.ToString();
    }

    /// <summary>Returns the answers that a reader looks at first: the changes, and the figures without a clear answer.</summary>
    public static Answer[] Notable(Comparison comparison)
    {
        bool isJudged = comparison.Answers.Any(answer => answer.Judgement != Judgement.NotJudged);
        return [.. comparison.Changed.Concat(isJudged ? comparison.Open : comparison.Answers)];
    }
}
