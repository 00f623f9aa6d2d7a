using System.Text.RegularExpressions;

namespace WorkerRpc.Tests.Docs;

/// <summary>Compares figures in the documentation with the report in artifacts/baseline.</summary>
public sealed partial class BaselineFigureTests
{
    private const string Echo = "echo";
    private const string NoFunction = "-";

    private static readonly MarkdownPage s_percentiles = MarkdownPage.Read("artifacts/baseline/percentiles.md");
    private static readonly MarkdownPage s_overhead = MarkdownPage.Read("artifacts/baseline/overhead.md");

    // The columns of percentiles.md and of overhead.md, merged by case.
    private static readonly Dictionary<(string Method, string Payload), Dictionary<string, string>> s_cases = ReadCases();

    private static readonly Dictionary<string, Dictionary<string, string>> s_costs =
        MarkdownTableReader.Of(s_overhead.Section("Cost model")).First().Rows.Where(row => row[1].Text == Echo)
            .ToDictionary(row => row[0].Text, row => row.ToDictionary(cell => cell.Column, cell => cell.Text));

    [Theory]
    [InlineData("README.md", 1)]
    [InlineData("docs/baseline.md", 5)]
    [InlineData("docs/transports.md", 1)]
    public void Tables_have_the_committed_runs_figures(string page, int tables)
    {
        List<MarkdownTableReader> checkedTables = [.. MarkdownTableReader.Of(MarkdownPage.Read(page).Lines).Where(IsOfTheRun)];

        Assert.Equal(tables, checkedTables.Count);
        Assert.All(checkedTables.SelectMany(table => table.Rows), RequireSame);
    }

    [Theory]
    [InlineData("README.md", "When it is not viable")]
    [InlineData("docs/baseline.md", "Times of a call")]
    [InlineData("docs/baseline.md", "What helps")]
    public void Sentences_have_the_committed_runs_figures(string page, string section)
    {
        string[] figures = [.. Figure().Matches(string.Join('\n', MarkdownPage.Read(page).Section(section))).Select(match => match.Value)];
        IEnumerable<string> run = s_percentiles.Lines.Concat(s_overhead.Lines);
        HashSet<string> known = [.. run.SelectMany(line => Figure().Matches(line)).Select(match => match.Value)];

        Assert.NotEmpty(figures);
        Assert.All(figures, figure => Assert.Contains(figure, known));
    }

    // Whether a table shows figures of the run. Its columns are like "p50, 1KB", or parts of the cost model, or methods (then each
    // row is a payload).
    private static bool IsOfTheRun(MarkdownTableReader table) => table.Columns.Skip(1).All(column =>
        column.Split(", ") is [_, "100B" or "1KB" or "10KB" or "100KB"] || s_costs.Values.First().ContainsKey(column))
        || (table.Columns[0] == "payload" && table.Columns.Skip(1).All(column => column.StartsWith('`')));

    private static void RequireSame(IReadOnlyList<(string Column, string Text)> row)
    {
        string name = row[0].Text.Trim('`');
        foreach ((string column, string text) in row.Skip(1))
        {
            string expected = column.Split(", ") is [var quantity, var payload] ? s_cases[(name, payload)][quantity]
                : column.StartsWith('`') ? s_cases[(column.Trim('`'), name)]["p50"]
                : s_costs[name][column];
            // A page may show a figure without its range, but never a p99: the p99s of two launches may differ by a factor of 10.
            bool mayBeShort = !column.StartsWith("p99", StringComparison.Ordinal);
            Assert.True(
                text == expected || (mayBeShort && text == expected.Split(" [")[0]),
                $"{name}, {column}: the page has {text}, the run {expected}.");
        }
    }

    private static Dictionary<(string Method, string Payload), Dictionary<string, string>> ReadCases()
    {
        var cases = new Dictionary<(string Method, string Payload), Dictionary<string, string>>();
        foreach (IReadOnlyList<(string Column, string Text)> row in MarkdownTableReader.Of(s_percentiles.Lines).First().Rows
            .Concat(MarkdownTableReader.Of(s_overhead.Section("Where the time goes")).First().Rows)
            .Where(row => row[1].Text is Echo or NoFunction))
        {
            (string Method, string Payload) key = (row[0].Text, row[2].Text);
            cases.TryAdd(key, []);
            foreach ((string column, string text) in row.Skip(3))
            {
                cases[key][column] = text;
            }
        }

        return cases;
    }

    [GeneratedRegex(@"(?<![\d.])\d[\d.]* (ns|µs|ms|%)")]
    private static partial Regex Figure();
}

/// <summary>A table of a Markdown page.</summary>
/// <param name="Columns">The headings.</param>
/// <param name="Rows">The cells of each row, with their columns' headings.</param>
internal sealed record MarkdownTableReader(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<(string Column, string Text)>> Rows)
{
    /// <summary>Finds the tables in the lines of a page.</summary>
    public static IEnumerable<MarkdownTableReader> Of(IEnumerable<string> lines)
    {
        var table = new List<string[]>();
        foreach (string line in lines.Append(""))
        {
            if (line.StartsWith('|'))
            {
                table.Add(Cells(line));
            }
            else if (table.Count > 0)
            {
                string[] columns = table[0];
                // Skips the second line, which separates the headings from the rows.
                yield return new MarkdownTableReader(columns, [.. table.Skip(2).Select(row => columns.Zip(row).ToArray())]);
                table.Clear();
            }
        }
    }

    private static string[] Cells(string line) => [.. line.Trim().Trim('|').Split('|').Select(cell => cell.Trim())];
}
