using Spectre.Console;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Presenting.Wording;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Terminal;

public class ScreenWriterTests
{
    private const string Hostile = "[red]x[/] \u001b[31m [bold";

    private static readonly Screen s_screen = Screen.Of(new RunAnalysis(MadeUpRun.WithCallers), MadeUp.Next);

    [Theory]
    [InlineData(20)]
    [InlineData(40)]
    [InlineData(79)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(300)]
    public void Lines_fit_the_terminal_except_the_next_command(int width)
    {
        string[] lines = Draw(s_screen, width).Split('\n');

        Assert.All(
            lines.Where(line => !line.StartsWith("next:", StringComparison.Ordinal)),
            line => Assert.InRange(line.GetCellWidth(), 0, width));
        Assert.Equal($"next:     {s_screen.Next}", lines[^2]);
    }

    [Theory]
    [InlineData(300, "method payload worst function p50 p99 overhead p50 overhead p99 verdict")]
    [InlineData(130, "method payload worst function overhead p50 overhead p99 verdict")]
    [InlineData(80, "method payload overhead p50 overhead p99 verdict")]
    [InlineData(30, "method verdict")]
    public void Narrow_terminal_drops_columns_but_method_and_verdict(int width, string titles)
    {
        string[] lines = Draw(Screen.Of(new RunAnalysis(MadeUp.Lines), MadeUp.Next), width).Split('\n');
        string header = lines.First(line => line.TrimStart().StartsWith("method", StringComparison.Ordinal));

        Assert.Equal(titles, string.Join(' ', header.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Hostile_names_are_shown_as_text()
    {
        RunReport report = MadeUp.Report(6, MadeUp.Case("direct/echo/1KB", 1_000), MadeUp.Case($"{Hostile}/echo/1KB"));

        foreach (bool isTerminal in new[] { false, true })
        {
            string drawn = Draw(Screen.Of(new RunAnalysis(report), MadeUp.Next), 300, isTerminal);
            Assert.Contains("[red]x[/] \uFFFD[31m [bold", drawn, StringComparison.Ordinal);
            Assert.DoesNotContain('\u001b', drawn);
        }
    }

    [Fact]
    public void Colours_are_used_only_where_allowed()
    {
        Assert.Contains("\u001b[", Draw(s_screen, 120, isTerminal: true, hasColours: true), StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', Draw(s_screen, 120, isTerminal: true, hasColours: false));
        Assert.DoesNotContain('\u001b', Draw(s_screen, 120, isTerminal: false, hasColours: false));
    }

    [Fact]
    public void Lines_are_not_broken_without_a_terminal()
    {
        string[] lines = Draw(s_screen, 20, isTerminal: false).Split('\n');

        Assert.Contains(Printable.Of(s_screen.Verdict), lines);
        Assert.All(
            s_screen.Lines, line => Assert.Contains(lines, written => written.EndsWith(Printable.Of(line.Text), StringComparison.Ordinal)));
        Assert.All(
            s_screen.Recommendation,
            line => Assert.Contains(lines, written => written.EndsWith(Printable.Of(line), StringComparison.Ordinal)));
    }

    private static string Draw(Screen screen, int width, bool isTerminal = true, bool hasColours = false)
    {
        using var text = new StringWriter { NewLine = "\n" };
        ScreenWriter.Write(new Display(text, isTerminal, hasColours, IsBuildServer: false, () => width), screen);
        return text.ToString();
    }
}
