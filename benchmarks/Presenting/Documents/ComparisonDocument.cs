using System.Globalization;
using System.Text;
using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Tables;

namespace WorkerRpc.Benchmarks.Presenting.Documents;

/// <summary>
/// Writes a comparison as a comment for a pull request: the verdict, the changes, and the other answers in a folded section. What a comment
/// cannot hold is left out, and the document names the file that has it.
/// </summary>
internal static class ComparisonDocument
{
    /// <summary>
    /// The most characters of a document. GitHub accepts 65 536 in a comment, and the workflow that posts it adds a heading and a character
    /// after each @.
    /// </summary>
    public const int MaxLength = 58_000;

    // The most items of a list, and the most characters of an item or of the verdict. Only a broken run has more.
    private const int MaxItems = 15;
    private const int MaxItemLength = 1_000;
    private const int MaxVerdictLength = 4_000;

    // Left for the folded section where the changes alone fill the document.
    private const int FoldedLength = 1_000;

    /// <summary>
    /// Writes the comment for a pull request in Markdown. If there is a picture, the comment names its files and describes them.
    /// </summary>
    /// <param name="comparison">The comparison.</param>
    /// <param name="files">The name of the CSV and JSON files with all answers, without the extension.</param>
    /// <param name="picture">The picture's name without the extension, and its description; null if there is no picture.</param>
    public static string Write(Comparison comparison, string files, (string Name, string Alternative)? picture)
    {
        string head = Head(comparison, picture);
        string foot = Foot(comparison, files);
        int left = MaxLength - head.Length - foot.Length;
        string notable = Table(Notable(comparison), left - FoldedLength, files);
        return head + notable + Folded(comparison, left - notable.Length, files) + foot;
    }

    /// <summary>Returns the answers that a reader looks at first: the changes, and the figures without a clear answer.</summary>
    public static Answer[] Notable(Comparison comparison)
    {
        bool isJudged = comparison.Answers.Any(answer => answer.Judgement != Judgement.NotJudged);
        return [.. comparison.Changed.Concat(isJudged ? comparison.Open : comparison.Answers)];
    }

    private static string Head(Comparison comparison, (string Name, string Alternative)? picture)
    {
        StringBuilder text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"## {comparison.Title}: ")
            .Append(Cut(MarkdownTable.Escape(comparison.Verdict), MaxVerdictLength)).Append("\n\n")
            .Append(Cut(MarkdownTable.Escape(comparison.Current), MaxItemLength)).Append(" against ")
            .Append(Cut(MarkdownTable.Escape(comparison.Base), MaxItemLength)).Append("\n\n");
        if (picture is var (name, alternative))
        {
            // A comment cannot show a picture from the run's artifact, so the comment describes the picture in words.
            text.Append(CultureInfo.InvariantCulture, $"Picture, in the run's artifact as `{name}.svg` and `{name}.png`: ")
                .Append(Cut(MarkdownTable.Escape(alternative), MaxVerdictLength)).Append("\n\n");
        }

        return text.ToString();
    }

    private static string Folded(Comparison comparison, int most, string files)
    {
        if (comparison.Answers.Count == 0)
        {
            return "";
        }

        IEnumerable<string> counts = comparison.Answers
            .GroupBy(answer => answer.Words)
            .OrderByDescending(group => group.Count())
            .Select(group => $"{group.Count()} {group.Key}");
        string start = FormattableString.Invariant($"<details><summary>All {comparison.Answers.Count} answers: ")
            + string.Join(", ", counts) + "</summary>\n\n";
        const string End = "</details>\n\n";
        return start + Table(comparison.Answers, most - start.Length - End.Length, files) + End;
    }

    private static string Foot(Comparison comparison, string files)
    {
        var text = new StringBuilder();
        foreach (string warning in Shown(comparison.Warnings, files))
        {
            text.Append("- **Warning:** ").Append(warning).Append('\n');
        }

        foreach (string line in Shown(comparison.Basis, files))
        {
            text.Append("- ").Append(line).Append('\n');
        }

        return comparison.Controls is { } controls
            ? text.Append('\n').Append(Cut(controls, MaxVerdictLength)).Append('\n').ToString()
            : text.ToString();
    }

    private static IEnumerable<string> Shown(IReadOnlyList<string> lines, string files)
    {
        IEnumerable<string> shown = lines.Take(MaxItems).Select(line => Cut(MarkdownTable.Escape(line), MaxItemLength));
        return lines.Count <= MaxItems ? shown
            : shown.Append(FormattableString.Invariant($"and {lines.Count - MaxItems} more in `{files}.json`, written with this report"));
    }

    // As many rows as fit, then a line about the others. All lines of a table have the same length.
    private static string Table(IReadOnlyCollection<Answer> answers, int most, string files)
    {
        if (answers.Count == 0)
        {
            return "";
        }

        string table = MarkdownTable.Write(ComparisonColumns.All, answers) + "\n";
        if (table.Length <= most)
        {
            return table;
        }

        const int Titles = 2;
        int lineLength = table.IndexOf('\n', StringComparison.Ordinal) + 1;
        int rows = Math.Max(0, ((most - Rest(answers.Count).Length) / lineLength) - Titles);
        return rows > 0 ? table[..((rows + Titles) * lineLength)] + Rest(rows) : Rest(0).TrimStart('\n');

        string Rest(int shown) => FormattableString.Invariant(
            $"\n{shown} of {answers.Count} rows are shown here; `{files}.csv`, written with this report, has all.\n\n");
    }

    private static string Cut(string text, int most) => text.Length <= most ? text : text[..(most - 1)] + "…";
}
