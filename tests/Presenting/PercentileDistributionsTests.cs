using System.Globalization;
using System.Text;
using HdrHistogram;
using WorkerRpc.Benchmarks.Presenting.Documents;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Presenting;

public class PercentileDistributionsTests
{
    // Two fast launches and a slow one of more calls than both: the p50 of all calls is the slow one's, and far from the
    // mean of the launches' p50s (about 0.334 ms), and from their median (0.001 ms).
    private static readonly CaseReport s_case = MadeUp.Case(
        "service-binding/echo/1KB", [MadeUp.Pass((1_000, 1_000)), MadeUp.Pass((1_001, 1_000)), MadeUp.Pass((900_000, 100), (1_000_000, 5_000), (2_000_000, 1))]);

    [Fact]
    public void The_launches_are_merged_by_adding_their_calls()
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
    public void The_plotter_finds_four_columns_in_every_line_but_the_last_and_ignores_the_footer()
    {
        string[] lines = Text(s_case).Split('\n');
        IReadOnlyList<(double X, double Y)> points = Plotted(Text(s_case));
        IReadOnlyList<Row> rows = Rows(s_case);

        // The last line, of 100 %, has no 1/(1-Percentile): the plotter leaves it out.
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
    public void Values_are_in_ms_by_the_launches_clock_and_a_call_of_some_ns_is_not_0()
    {
        CaseReport direct = MadeUp.Case("direct/echo/1KB", 140);

        Assert.Equal(0.000_140, Rows(direct)[0].ValueMs);
        Assert.Equal(0.014, Rows(direct, frequency: 10_000_000)[0].ValueMs);
    }

    [Fact]
    public void Another_culture_changes_no_byte()
    {
        string expected = Text(s_case);
        using var culture = new CommaCulture();

        Assert.Equal(expected, Text(s_case));
    }

    [Fact]
    public void A_file_is_named_after_its_case_and_a_case_without_a_pass_has_none()
    {
        IReadOnlyDictionary<string, byte[]> files = PercentileDistributions.Of(MadeUpRun.Report);

        Assert.Equal(
            MadeUpRun.Report.Cases.Where(one => one.Passes.Count > 0).Select(one => $"{one.Method}_{one.Function}_{one.Payload}.hgrm"), files.Keys);
        Assert.DoesNotContain("raw-fetch_compute_1KB.hgrm", files.Keys);
    }

    [Fact]
    public void No_two_cases_get_one_name_and_no_name_needs_more_than_any_file_system_takes()
    {
        CaseReport[] cases =
        [
            Named("a_b", "c", "1KB"), Named("a", "b_c", "1KB"), Named("A", "B_C", "1kb"), Named("a:b", "c", "1KB"), Named("a", "b_c", "1KB-2"),
            Named("ä\n\\..", "<*>", "\"|\0"),
        ];

        IReadOnlyDictionary<string, byte[]> files = PercentileDistributions.Of(MadeUp.Report(1) with { Cases = cases });

        Assert.Equal(
            ["a_b_c_1KB.hgrm", "a_b_c_1KB-2.hgrm", "A_B_C_1kb-3.hgrm", "a-b_c_1KB.hgrm", "a_b_c_1KB-2-2.hgrm", "---.._---_---.hgrm"], files.Keys);

        static CaseReport Named(string method, string function, string payload) =>
            s_case with { Method = method, Function = function, Payload = payload, Passes = [s_case.Passes[0]] };
    }

    private static string Text(CaseReport one, long frequency = MadeUp.Frequency)
    {
        RunReport report = MadeUp.Report(3, one);
        report = report with { Launches = [.. report.Launches.Select(launch => launch with { Clock = launch.Clock! with { Frequency = frequency } })] };
        return Encoding.UTF8.GetString(Assert.Single(PercentileDistributions.Of(report)).Value);
    }

    // A line of the distribution: the four columns, of which the last line has but three.
    private static IReadOnlyList<Row> Rows(CaseReport one, long frequency = MadeUp.Frequency)
    {
        string[] lines = [.. Text(one, frequency).Split('\n').TakeWhile(line => !line.StartsWith('#')).Where(line => line.Length > 0)];
        Assert.Equal(["Value", "Percentile", "TotalCount", "1/(1-Percentile)"], Columns(lines[0]));
        return [.. lines.Skip(1).Select(Columns).Select(columns => new Row(Number(columns[0]), Number(columns[1]), (long)Number(columns[2])))];
    }

    // As https://hdrhistogram.github.io/HdrHistogram/plotFiles.html does in appendDataSeries: lines that do not begin with
    // '#' and are four words split by spaces, of which the first and last are numbers: y and x.
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

    // JavaScript's parseFloat of what is a number as a whole, or none; a comma would end its number unnoticed.
    private static double Number(string text)
    {
        Assert.DoesNotContain(',', text);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number) ? number : double.NaN;
    }

    private sealed record Row(double ValueMs, double Percentile, long TotalCount);
}
