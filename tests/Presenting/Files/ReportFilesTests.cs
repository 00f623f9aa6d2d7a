using System.Text;
using WorkerRpc.Benchmarks.Analysis.Runs;
using WorkerRpc.Benchmarks.Presenting.Columns;
using WorkerRpc.Benchmarks.Presenting.Files;
using WorkerRpc.Benchmarks.Presenting.Tables;
using WorkerRpc.Benchmarks.Presenting.Terminal;
using WorkerRpc.Benchmarks.Results;

namespace WorkerRpc.Tests.Presenting.Files;

public class ReportFilesTests
{
    public static TheoryData<string> EveryFile => ["percentiles.csv", "percentiles.md", "overhead.csv", "overhead.md", "report.json"];

    [Theory]
    [MemberData(nameof(EveryFile))]
    public void Report_equals_its_golden_file(string file)
    {
        using var folder = new TemporaryFolder();

        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);

        Golden.RequireSame("Presenting/Golden/" + file, File.ReadAllBytes(folder.File(file)));
    }

    [Theory]
    [InlineData("callers.csv")]
    [InlineData("callers.md")]
    public void Callers_equal_their_golden_file_in_another_culture(string file)
    {
        using var folder = new TemporaryFolder();
        using (new CommaCulture())
        {
            ReportFiles.Write(new RunAnalysis(MadeUpRun.WithCallers), folder.Root);
        }

        Golden.RequireSame("Presenting/Golden/" + file, File.ReadAllBytes(folder.File(file)));
    }

    [Fact]
    public void Caller_files_are_deleted_by_report_without_callers()
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUpRun.WithCallers), folder.Root);
        string[] paths = Directory.GetFiles(folder.Root);
        var before = paths.ToDictionary(path => path, File.ReadAllBytes);
        Assert.Equal(7, paths.Length);

        ReportFiles.Write(new RunAnalysis(RunReportJson.Read(folder.File(RunReport.FileName))), folder.Root);
        Assert.All(paths, path => Assert.Equal(before[path], File.ReadAllBytes(path)));

        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);
        Assert.DoesNotContain(
            Directory.EnumerateFiles(folder.Root), path => Path.GetFileName(path).StartsWith("callers.", StringComparison.Ordinal));
    }

    [Fact]
    public void Payload_file_is_named_in_documents_and_on_screen()
    {
        const string Line = "payload file: orders.json, 5120 bytes, sha256 aaaaaaaaaaaa; as a payload's data 6400 bytes of JSON";
        using var folder = new TemporaryFolder();
        RunReport report = MadeUp.WithFile(MadeUp.File);
        ReportFiles.Write(new RunAnalysis(report), folder.Root);
        using var screen = new StringWriter();
        ScreenWriter.Write(Display.Plain(screen), Screen.Of(new RunAnalysis(report), MadeUp.Next));

        Assert.All(
            [screen.ToString(), File.ReadAllText(folder.File("percentiles.md")), File.ReadAllText(folder.File("overhead.md"))],
            text => Assert.Contains(Line, text, StringComparison.Ordinal));
        Assert.StartsWith(
            "service-binding,echo,file,6400,6,6000,", File.ReadAllText(folder.File("percentiles.csv")).Split("\r\n")[4],
            StringComparison.Ordinal);
        Assert.Equal(MadeUp.File, RunReportJson.Read(folder.File(RunReport.FileName)).Run.PayloadFile);
    }

    [Fact]
    public void Files_are_the_same_in_another_culture()
    {
        using var folder = new TemporaryFolder();
        using var other = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);
        using (new CommaCulture())
        {
            ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), other.Root);
        }

        RequireSameFiles(folder, other);
    }

    [Fact]
    public void Files_are_the_same_after_reading_the_report()
    {
        using var folder = new TemporaryFolder();
        using var again = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);

        ReportFiles.Write(new RunAnalysis(RunReportJson.Read(folder.File(RunReport.FileName))), again.Root);

        RequireSameFiles(folder, again);
    }

    [Fact]
    public void Folder_has_only_the_files_of_the_new_report()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("overhead.md"), "of an older run");

        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);

        Assert.Equal(
            ["overhead.csv", "overhead.md", "percentiles.csv", "percentiles.md", "report.json"],
            Directory.EnumerateFileSystemEntries(folder.Root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.StartsWith("# Overhead", File.ReadAllText(folder.File("overhead.md")), StringComparison.Ordinal);
    }

    // A report may gain columns. Golden files compare whole headers.
    [Fact]
    public void Csv_columns_keep_their_names_and_order()
    {
        RequireColumns(
            "method,function,payload,payload_bytes,launches,calls,mean_ns,min_ns,p50_ns,p50_low_ns,p50_high_ns,p90_ns,"
            + "p95_ns,p95_low_ns,p95_high_ns,p99_ns,p99_low_ns,p99_high_ns,p999_ns,"
            + "p50_merged_ns,p95_merged_ns,p99_merged_ns,max_ns,allocated_bytes,cpu_ns,gen0,gen1,gen2,floor_ns,warm,status,"
            + "moved_bytes,note",
            Csv("percentiles.csv")[0]);
        RequireColumns(
            "method,function,payload,p50_overhead_ns,p95_overhead_ns,p99_overhead_ns,delegation_p99_ns,delegation_p99_low_ns,"
            + "delegation_p99_high_ns,verdict,note",
            Csv("overhead.csv")[0]);
        RequireColumns(
            "method,function,payload,payload_bytes,callers,launches,calls,calls_per_second,calls_per_second_low,calls_per_second_high,"
            + "times_one_caller,times_one_caller_low,times_one_caller_high,p50_ns,p50_low_ns,p50_high_ns,p95_ns,p95_low_ns,p95_high_ns,"
            + "p99_ns,p99_low_ns,p99_high_ns,max_ns,cpu_ns,allocated_bytes,note",
            CsvWriter.Write(CallersColumns.All, []));
    }

    [Fact]
    public void Unknown_figures_are_empty_and_the_note_says_why()
    {
        string belowFloor = Csv("percentiles.csv").Single(line => line.StartsWith("direct,echo,1KB,", StringComparison.Ordinal));
        string tooFew = Csv("percentiles.csv").Single(line => line.StartsWith("service-binding,echo,100KB,", StringComparison.Ordinal));

        // These fields are empty: p50 with its range, p90, p95 with its range, p99 with its range.
        Assert.Contains(",,,,,,,,,,", belowFloor, StringComparison.Ordinal);
        Assert.Contains("< 25.0 ns, the clock's floor", belowFloor, StringComparison.Ordinal);
        Assert.Contains("p99 needs 1000 calls; launch 1 has 999", tooFew, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_text_is_escaped_in_every_format()
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);
        string csv = File.ReadAllText(folder.File("percentiles.csv"));

        Assert.Contains(
            $"\"failed in launch 3: {MadeUpRun.HostileText.Replace("\"", "\"\"", StringComparison.Ordinal)}",
            csv,
            StringComparison.Ordinal);
        foreach (string file in new[] { "percentiles.md", "overhead.md" })
        {
            string[] lines = File.ReadAllLines(folder.File(file));
            Assert.DoesNotContain(lines, line => line.Contains("<script", StringComparison.OrdinalIgnoreCase));
            string row = Assert.Single(
                lines,
                line => line.StartsWith("| service-binding | compute ", StringComparison.Ordinal)
                    && line.Contains("second line", StringComparison.Ordinal));
            string header = lines.First(line => line.StartsWith("| method ", StringComparison.Ordinal));
            Assert.Equal(header.Count(c => c == '|'), row.Replace("\\|", "", StringComparison.Ordinal).Count(c => c == '|'));
        }
    }

    private static string[] Csv(string file)
    {
        using var folder = new TemporaryFolder();
        ReportFiles.Write(new RunAnalysis(MadeUpRun.Report), folder.Root);
        return File.ReadAllText(folder.File(file)).Split("\r\n");
    }

    private static void RequireColumns(string expected, string header)
    {
        string[] names = expected.Split(',');
        Assert.Equal(names, header.TrimEnd().Split(',').Where(names.Contains));
    }

    private static void RequireSameFiles(TemporaryFolder expected, TemporaryFolder actual)
    {
        string[] names = [.. Directory.EnumerateFiles(expected.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
        Assert.Equal(5, names.Length);
        Assert.Equal(names, Directory.EnumerateFiles(actual.Root).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(Text(expected, name), Text(actual, name)));

        static string Text(TemporaryFolder folder, string name) => Encoding.UTF8.GetString(File.ReadAllBytes(folder.File(name)));
    }
}
