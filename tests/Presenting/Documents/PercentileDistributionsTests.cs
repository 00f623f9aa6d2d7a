using System.Globalization;
using System.Text;
using HdrHistogram;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Presenting.Documents;

public class PercentileDistributionsTests
{
    // Two fast launches, and a slow launch with more calls than both. The p50 of all calls, 1 ms, is that of the slow launch. The
    // mean of the launches' p50s would be 0.334 ms and their median 0.001 ms.
    private static readonly CaseReport s_case = MadeUp.Case(
        "service-binding/echo/1KB",
        [
            MadeUp.Pass((1_000, 1_000)),
            MadeUp.Pass((1_001, 1_000)),
            MadeUp.Pass((900_000, 100), (1_000_000, 5_000), (2_000_000, 1)),
        ]);

    [Fact]
    public void Merged_distribution_counts_the_calls_of_all_launches()
    {
        IReadOnlyList<Row> rows = Rows(s_case);
        LongHistogram merged = Histograms.Merge([.. s_case.Passes.Select(pass => Histograms.Decode(pass.Histogram))]);

        Assert.Equal(s_case.Passes.Sum(pass => pass.Calls), rows[^1].TotalCount);
        Assert.Equal(Histograms.ValueAt(merged, 0.5) / 1e6, Assert.Single(rows, row => row.Percentile == 0.5).ValueMs, 6);
        Assert.InRange(Histograms.ValueAt(merged, 0.5), 1_000_000, 1_001_000);
        Assert.Equal(rows.OrderBy(row => row.Percentile).ThenBy(row => row.TotalCount), rows);
        Assert.Equal(rows.OrderBy(row => row.ValueMs).Select(row => row.ValueMs), rows.Select(row => row.ValueMs));
    }

    [Fact]
    public void Plotter_reads_every_line_but_the_last()
    {
        string[] lines = Text(s_case).Split('\n');
        IReadOnlyList<(double X, double Y)> points = Plotted(Text(s_case));
        IReadOnlyList<Row> rows = Rows(s_case);

        // The last line is that of 100 %. It has no 1/(1-Percentile), so the plotter skips it.
        Assert.Equal(rows.Count - 1, points.Count);
        Assert.All(points.Zip(rows), pair =>
        {
            Assert.Equal(pair.Second.ValueMs, pair.First.Y);
            Assert.Equal(1 / (1 - pair.Second.Percentile), pair.First.X, 0.005001);
        });
        Assert.Equal(1.0, rows[^1].Percentile);
        Assert.Equal(3, lines.Count(line => line.StartsWith("#[", StringComparison.Ordinal)));
        Assert.DoesNotContain('\r', Text(s_case));
    }

    [Fact]
    public void Values_are_in_ms_with_six_decimals()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", 140);

        Assert.Equal(0.000_140, Rows(direct)[0].ValueMs);
        Assert.Equal(0.014, Rows(direct, frequency: 10_000_000)[0].ValueMs);
    }

    [Fact]
    public void Distribution_is_the_same_in_another_culture()
    {
        string expected = Text(s_case);
        using var culture = new CommaCulture();

        Assert.Equal(expected, Text(s_case));
    }

    [Fact]
    public void Only_measured_cases_have_a_file()
    {
        IReadOnlyDictionary<string, byte[]> files = PercentileDistributions.Of(MadeUpRun.Report);

        Assert.Equal(
            MadeUpRun.Report.Cases
                .Where(one => one.Passes.Count > 0)
                .Select(one => $"{one.Method}_{one.Function}_{one.Payload}.hgrm"),
            files.Keys);
        Assert.DoesNotContain("raw-fetch_compute_1KB.hgrm", files.Keys);
    }

    [Fact]
    public void File_names_are_unique_and_portable()
    {
        CaseReport[] cases =
        [
            Named("a_b", "c", "1KB"), Named("a", "b_c", "1KB"), Named("A", "B_C", "1kb"), Named("a:b", "c", "1KB"),
            Named("a", "b_c", "1KB-2"),
            Named("ä\n\\..", "<*>", "\"|\0"),
        ];

        IReadOnlyDictionary<string, byte[]> files = PercentileDistributions.Of(MadeUp.Report(1) with { Cases = cases });

        Assert.Equal(
            ["a_b_c_1KB.hgrm", "a_b_c_1KB-2.hgrm", "A_B_C_1kb-3.hgrm", "a-b_c_1KB.hgrm", "a_b_c_1KB-2-2.hgrm", "---.._---_---.hgrm"],
            files.Keys);

        static CaseReport Named(string method, string function, string payload) =>
            s_case with { Method = method, Function = function, Payload = payload, Passes = [s_case.Passes[0]] };
    }

    private static string Text(CaseReport one, long frequency = MadeUp.Frequency)
    {
        RunReport report = MadeUp.Report(3, one);
        IEnumerable<LaunchReport> launches =
            report.Launches.Select(launch => launch with { Clock = launch.Clock! with { Frequency = frequency } });
        report = report with { Launches = [.. launches] };
        return Encoding.UTF8.GetString(Assert.Single(PercentileDistributions.Of(report)).Value);
    }

    // The lines of the distribution below the titles. They have four columns, the last line three.
    private static IReadOnlyList<Row> Rows(CaseReport one, long frequency = MadeUp.Frequency)
    {
        string[] lines = [.. Text(one, frequency).Split('\n').TakeWhile(line => !line.StartsWith('#')).Where(line => line.Length > 0)];
        Assert.Equal(["Value", "Percentile", "TotalCount", "1/(1-Percentile)"], Columns(lines[0]));
        return
        [
            .. lines.Skip(1).Select(Columns)
                .Select(columns => new Row(Number(columns[0]), Number(columns[1]), (long)Number(columns[2]))),
        ];
    }

    // Reads points like appendDataSeries of https://hdrhistogram.github.io/HdrHistogram/plotFiles.html: from lines of four words
    // without '#' at the start. The first word is y, the last is x.
    private static IReadOnlyList<(double X, double Y)> Plotted(string text) =>
    [
        .. from line in text.Split('\n')
           let columns = Columns(line)
           where !line.Trim().StartsWith('#') && columns.Length == 4
           let point = (X: Number(columns[3]), Y: Number(columns[0]))
           where !double.IsNaN(point.X) && !double.IsNaN(point.Y)
           select point,
    ];

    private static string[] Columns(string line) => line.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);

    // Like JavaScript's parseFloat, which would silently stop at a comma. NaN where the text is no number.
    private static double Number(string text)
    {
        Assert.DoesNotContain(',', text);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
    }

    private sealed record Row(double ValueMs, double Percentile, long TotalCount);
}
