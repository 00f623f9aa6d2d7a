using System.Text.Json.Nodes;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Presenting;

namespace WorkerRpc.Tests.Commands;

public sealed class HistoryCommandTests : IDisposable
{
    private const int Reports = 16;

    private static readonly string[] s_files = ["history.csv", "history.html", "history.md", "history.png", "history.svg"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task New_slowdown_is_exit_code_1_with_all_files()
    {
        Save(index => index < 12 ? 10_000 : 13_000);
        string to = _folder.File("to");

        Outcome outcome = await Outcome.OfAsync("history", _folder.Root, "--to", to);

        Assert.Equal((1, ""), (outcome.Code, outcome.Error));
        Assert.Contains("Verdict: slower within the newest 5 reports: pipe/echo/1KB (p50 +29", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("0000000c, 2026-01-14 03:04 UTC", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(s_files, Directory.GetFiles(to).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        string[] csv = File.ReadAllLines(Path.Combine(to, "history.csv"));
        Assert.Equal(1 + (2 * 2 * Reports), csv.Length);
        Assert.Contains(csv, line => line.Contains(",pipe/echo/1KB,p50,", StringComparison.Ordinal)
            && line.Contains("0000000c", StringComparison.Ordinal) && line.Contains(",step,", StringComparison.Ordinal));
        string markdown = File.ReadAllText(Path.Combine(to, "history.md"));
        Assert.Contains("![the p50 of each case over 16 reports: pipe/echo/1KB +29", markdown, StringComparison.Ordinal);
        Assert.Contains("pipe/echo/1KB", PageText.DataOf(Path.Combine(to, "history.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Equal_reports_are_exit_code_0()
    {
        Save(_ => 10_000);

        Outcome outcome = await Outcome.OfAsync("history", _folder.Root);

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("Verdict: no slow-down was found", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verdict_is_the_last_line_or_all_that_is_printed()
    {
        Save(_ => 10_000);
        string to = _folder.File("to");

        string[] lines = (await Outcome.OfAsync("history", _folder.Root, "--to", to)).Output.TrimEnd().Split('\n');
        Outcome quiet = await Outcome.OfAsync("history", _folder.Root, "--quiet");
        Outcome json = await Outcome.OfAsync("history", _folder.Root, "--json", "--to", to);

        Assert.StartsWith("Verdict: no slow-down was found", lines[^1], StringComparison.Ordinal);
        Assert.Equal(lines[^1] + "\n", quiet.Output);
        JsonNode read = JsonNode.Parse(json.Output)!;
        Assert.Equal(
            ("nothing slower", lines[^1], to), ((string)read["verdict"]!, (string)read["sentence"]!, (string)read["folder"]!));
    }

    [Fact]
    public async Task One_report_is_exit_code_4()
    {
        Save(_ => 10_000);

        Outcome outcome = await Outcome.OfAsync("history", _folder.File("3/report.json"));

        Assert.Equal((4, ""), (outcome.Code, outcome.Error));
        Assert.Contains("Verdict: too few reports to tell: 1 of at least 10.", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_report_in_a_folder_is_left_out_by_name()
    {
        Save(_ => 10_000);
        File.WriteAllText(_folder.File("3/report.json"), "{");

        Outcome outcome = await Outcome.OfAsync("history", _folder.Root);

        Assert.Equal((0, ""), (outcome.Code, outcome.Error));
        Assert.Contains("15 reports", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("left out: ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains(Path.Combine("3", "report.json") + " is no report", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("3/report.json", "is no report, or a damaged one")]
    [InlineData("nowhere.json", "cannot be read")]
    [InlineData("empty", "There is no report to use.")]
    public async Task Unusable_input_is_exit_code_2(string name, string error)
    {
        Save(_ => 10_000);
        Directory.CreateDirectory(_folder.File("empty"));
        File.WriteAllText(_folder.File("3/report.json"), "{");

        Outcome outcome = await Outcome.OfAsync("history", _folder.File(name), "--to", _folder.File("to"));

        Assert.Equal((2, ""), (outcome.Code, outcome.Output));
        Assert.Contains(error, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.File("to")));
    }

    // The p50s alternate by 1 %, so that no report equals the one before.
    private void Save(Func<int, long> p50Ns)
    {
        for (int index = 0; index < Reports; index++)
        {
            long noise = 100 * ((index * 7) % 3);
            RunReport report = MadeUp.Report(
                3,
                MadeUp.Case("direct/echo/1KB", 1_000, 1_000 + (index % 2), 1_000),
                MadeUp.Case("pipe/echo/1KB", p50Ns(index), p50Ns(index) + noise, p50Ns(index) + noise));
            RunSettings run = report.Run with
            {
                StartedAt = report.Run.StartedAt.AddDays(index),
                Commit = FormattableString.Invariant($"{index:x8}"),
            };
            string folder = _folder.File(FormattableString.Invariant($"{index}"));
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(Path.Combine(folder, RunReport.FileName), RunReportJson.Write(report with { Run = run }));
        }
    }
}
