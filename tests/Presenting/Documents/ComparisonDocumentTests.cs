using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Presenting.Documents;

namespace WorkerRpc.Tests.Presenting.Documents;

public class ComparisonDocumentTests
{
    // What a comment of GitHub can hold.
    private const int MostOfComment = 65_536;

    [Theory]
    [InlineData(10, 0, 0)]
    [InlineData(3_000, 0, 0)]
    [InlineData(3_000, 2_900, 0)]
    [InlineData(3_000, 3_000, 500)]
    public void Comment_fits_a_pull_request_and_names_what_is_left_out(int answers, int slower, int lines)
    {
        string[] many = [.. Enumerable.Range(0, lines).Select(number => $"{number}: {new string('x', 2_000)}")];
        Comparison comparison = Made(answers, slower) with { Failures = many, Warnings = many, Basis = many, Controls = "controls: fine" };

        string comment = ComparisonDocument.Write(comparison, "gate", ("gate", new string('y', 9_000)));

        Assert.InRange(comment.Length, 1, ComparisonDocument.MaxLength);
        Assert.InRange(ComparisonDocument.MaxLength + 5_000, 1, MostOfComment);
        Assert.StartsWith("## Gate: ", comment, StringComparison.Ordinal);
        Assert.EndsWith("\ncontrols: fine\n", comment, StringComparison.Ordinal);
        Assert.Equal(1, Count("<details><summary>All "));
        Assert.Equal(1, Count("</details>\n\n"));
        Assert.Equal(answers > 10, Count("rows are shown here; `gate.csv`, written with this report, has all.") > 0);
        Assert.Equal(lines > 0 ? 2 : 0, Count($"and {lines - 15} more in `gate.json`, written with this report"));
        Assert.Equal(Math.Min(slower, 1), Math.Min(Count("| slower |"), 1));

        int Count(string text) => comment.Split(text).Length - 1;
    }

    [Fact]
    public void Rows_of_a_long_table_are_whole_and_counted()
    {
        string comment = ComparisonDocument.Write(Made(3_000, 0), "compare", picture: null);

        string[] rows = [.. comment.Split('\n').Where(line => line.StartsWith("| method", StringComparison.Ordinal))];
        Assert.Contains($"\n\n{rows.Length} of 3000 rows are shown here; `compare.csv`", comment, StringComparison.Ordinal);
        Assert.All(rows, row => Assert.Equal(rows[0].Length, row.Length));
    }

    private static Comparison Made(int answers, int slower) => new()
    {
        Title = "Gate",
        Base = "main",
        Current = "the work tree",
        Answers = [.. Enumerable.Range(0, answers).Select(number => Answer(number, number < slower ? Judgement.Slower : Judgement.Same))],
        Failures = [],
        Basis = [],
        Warnings = [],
    };

    private static Answer Answer(int number, Judgement judgement) => new()
    {
        Case = $"method{number}/echo/1KB",
        Metric = Metric.P50,
        Judgement = judgement,
        Base = new Ranged(1_000, null, null),
        Current = new Ranged(1_100, null, null),
        Change = 0.1,
        Low = 0.05,
        High = 0.15,
    };
}
