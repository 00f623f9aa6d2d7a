using System.Text.Json;
using WorkerRpc.Benchmarks.Results.Statistics;

namespace WorkerRpc.Tests.Results.Statistics;

public class ChangePointsTests
{
    private const int Cases = 84;

    public static TheoryData<string> OtavaNames => [.. OtavaTests().Select(test => test.Name)];

    // Apache Otava tests a split with Student's t-test, at p < 0.001. Permutations of 10 to 14 values cannot give so small a probability,
    // so the level here is 0.05.
    [Theory]
    [MemberData(nameof(OtavaNames))]
    public void Finds_change_points_that_Otava_expects(string name)
    {
        OtavaTest test = OtavaTests().Single(one => one.Name == name);

        IReadOnlyList<ChangePoint> found = ChangePoints.Find(test.Values, level: 0.05);

        Assert.Equal(
            test.Expected,
            found.Where(point => Math.Abs(Math.Log(point.After / point.Before)) > test.LeastChange).Select(point => point.Index));
    }

    [Theory]
    [InlineData(12, "normal")]
    [InlineData(20, "normal")]
    [InlineData(20, "heavy tails")]
    [InlineData(20, "same noise in all cases")]
    public void Error_rate_holds_for_all_stationary_series_together(int length, string noise)
    {
        const int Families = 150;
        int alarms = 0;
        for (int seed = 0; seed < Families; seed++)
        {
            alarms += ChangePoints.FindInAll(Stationary(new MadeSeries(seed), length, noise)).Any(found => found.Count > 0) ? 1 : 0;
        }

        // 1.5 alarms are expected. 7 or more have a probability of 0.1 %.
        Assert.InRange(alarms, 0, 6);
    }

    [Fact]
    public void Finds_change_of_one_series_among_stationary_ones()
    {
        double[][] family = Stationary(new MadeSeries(1), length: 25, "normal");
        AddFrom(family[7], 20, 5);
        AddFrom(family[40], 12, -3);

        IReadOnlyList<IReadOnlyList<ChangePoint>> found = ChangePoints.FindInAll(family);

        Assert.Equal([7, 40], found.Index().Where(one => one.Item.Count > 0).Select(one => one.Index));
        ChangePoint slower = Assert.Single(found[7]);
        Assert.Equal(20, slower.Index);
        Assert.Equal(family[7][..20].Average(), slower.Before, 12);
        Assert.Equal(family[7][20..].Average(), slower.After, 12);
        Assert.InRange(slower.PValue, 0, 0.01);
        Assert.InRange(Assert.Single(found[40]).Index, 11, 13);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(20)]
    [InlineData(40)]
    public void Visible_rise_is_found_and_a_smaller_one_is_not(int length)
    {
        const int Newest = 5;
        double[][] family = Stationary(new MadeSeries(2), length, "normal");
        double visible = new SeriesFamily(family).SmallestVisible(Newest)[7]!.Value;

        Assert.Empty(After(0.85 * visible));
        Assert.InRange(Assert.Single(After(1.15 * visible)).Index, length - Newest - 1, length - Newest + 1);

        IReadOnlyList<ChangePoint> After(double rise)
        {
            double[][] risen = [.. family];
            risen[7] = [.. family[7]];
            AddFrom(risen[7], length - Newest, rise);
            return ChangePoints.FindInAll(risen)[7];
        }
    }

    [Fact]
    public void No_rise_is_visible_in_nine_values() =>
        Assert.Equal([null], new SeriesFamily([new MadeSeries(1).Around(9, noise: 1, _ => 0)]).SmallestVisible(newest: 5));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Finds_each_step_of_a_series(int seed)
    {
        double[] series = new MadeSeries(seed).Around(60, noise: 1, index => index < 15 ? 100 : index < 40 ? 96 : 104);

        Assert.Collection(
            ChangePoints.Find(series),
            first => Assert.InRange(first.Index, 14, 16),
            second => Assert.InRange(second.Index, 39, 41));
    }

    [Fact]
    public void Missing_values_keep_the_index()
    {
        double[] series = new MadeSeries(1).Around(30, noise: 1, index => index < 20 ? 100 : 110);
        foreach (int missing in new[] { 0, 1, 7, 19, 22 })
        {
            series[missing] = double.NaN;
        }

        Assert.Equal(20, Assert.Single(ChangePoints.Find(series)).Index);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(29)]
    public void One_outlier_is_no_change(int position)
    {
        double[] series = new MadeSeries(1).Around(30, noise: 1, index => index == position ? 200 : 100);

        Assert.Empty(ChangePoints.Find(series));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(50)]
    public void Constant_series_has_no_change(int length) => Assert.Empty(ChangePoints.Find([.. Enumerable.Repeat(7.0, length)]));

    private static double[][] Stationary(MadeSeries made, int length, string noise)
    {
        double[] shared = made.Around(length, noise: 3, _ => 0);
        return
        [
            .. Enumerable.Range(0, Cases).Select(_ => Enumerable.Range(0, length).Select(index => noise switch
            {
                "heavy tails" => made.HeavyTailed(),
                "same noise in all cases" => shared[index] + made.Normal(),
                _ => made.Normal(),
            }).ToArray()),
        ];
    }

    private static void AddFrom(double[] series, int start, double change)
    {
        for (int index = start; index < series.Length; index++)
        {
            series[index] += change;
        }
    }

    private static IEnumerable<OtavaTest> OtavaTests()
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Results", "Statistics", "otava-series.json");
        using var file = JsonDocument.Parse(File.ReadAllBytes(path));
        foreach (JsonElement test in file.RootElement.GetProperty("tests").EnumerateArray())
        {
            yield return new OtavaTest(
                $"{test.GetProperty("test")}: {test.GetProperty("series")}",
                [.. test.GetProperty("values").EnumerateArray().Select(value => value.GetDouble())],
                [.. test.GetProperty("expected").EnumerateArray().Select(value => value.GetInt32())],
                test.TryGetProperty("least_change", out JsonElement least) ? least.GetDouble() : 0);
        }
    }

    private sealed record OtavaTest(string Name, double[] Values, int[] Expected, double LeastChange);
}
