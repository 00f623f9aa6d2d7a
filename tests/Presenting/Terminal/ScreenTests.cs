using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Analysis.Verdicts;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Terminal;

public class ScreenTests
{
    private static readonly CaseReport s_direct = MadeUp.Flat("direct/echo/1KB", 1_000);

    private static readonly string[] s_payloads = ["1KB", "10KB"];

    [Fact]
    public void Screen_shows_the_cost_of_each_method()
    {
        var screen = new StringWriter();

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(MadeUp.Lines), MadeUp.Next));

        Assert.Matches(
            @"\ncost:     service-binding 9\.\d+ µs \+ (59\d|60\d) ns a KB \(p50 of echo\)\n"
            + @"cost:     raw-fetch 1[34]\.\d µs \+ (9\d\.\d|10\d) ns a KB \(p50 of echo\)\n",
            screen.ToString());
    }

    [Fact]
    public void Screen_shows_its_parts_in_order()
    {
        using var screen = new StringWriter();
        var analysis = new RunAnalysis(MadeUpRun.Report);

        ScreenWriter.Write(Display.Plain(screen), Screen.Of(analysis, MadeUp.Next));

        string[] lines = screen.ToString().TrimEnd().Split('\n');
        Assert.Equal(Printable.Of(VerdictSentence.Of(analysis.Verdict)), lines[0]);
        Assert.Equal(
            [
                "| service-binding | 1KB     | compute        ",
                "| service-binding | 100KB   | echo           ",
                "| raw-fetch       | 1KB     | echo           ",
                "| raw-fetch       | 100KB   | echo           ",
            ],
            lines.Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Skip(1).Select(line => line[..45]));
        Assert.Equal(
            [
                .. analysis.Warnings.Take(3).Select(warning => "warning:  " + Printable.Of(warning)),
                $"          and {analysis.Warnings.Count - 3} more in overhead.md",
            ],
            lines.SkipWhile(line => !line.StartsWith("warning:", StringComparison.Ordinal)).Take(4));
        Assert.Contains(RecommendationText.Lines(analysis)[0], lines);
        Assert.StartsWith("next:     dotnet run -c Release --project benchmarks -- ", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Screen_shows_the_worst_twelve_rows_in_report_order()
    {
        IEnumerable<CaseReport> viable =
            from number in Enumerable.Range(1, 20)
            from payload in s_payloads
            select MadeUp.Flat($"service-binding/f{number}/{payload}", 16_000);
        IEnumerable<CaseReport> many =
            from number in Enumerable.Range(1, 14)
            select MadeUp.Flat($"m{number}/echo/1KB", number > 10 ? 2_000_000 : 16_000);
        RunReport report = MadeUp.Report(6, [s_direct, .. viable, .. many]);

        ScreenTable table = Assert.Single(Screen.Of(new RunAnalysis(report), MadeUp.Next).Tables);

        Assert.Equal(
            ["service-binding", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "m11", "m12", "m13", "m14"],
            table.Rows.Select(row => row.Cells[0].Text));
        Assert.Equal(4, table.Rows.Count(row => row.Viability == Viability.NotViable));
        Assert.Equal("the worst of each method, 12 of 15; overhead.md has 42 cases more", table.More);
    }
}
