using WorkerRpc.Benchmarks.Analysis.Advice;
using WorkerRpc.Benchmarks.Analysis.Cases;
using WorkerRpc.Benchmarks.Analysis.Figures;
using WorkerRpc.Benchmarks.Measuring.Builds;
using WorkerRpc.Benchmarks.Results;
using WorkerRpc.Tests.Docs;

namespace WorkerRpc.Tests.Analysis.Figures;

public class PairedRatioTests
{
    // The number of made-up reports, each without any effect.
    private const int Reports = 2_000;

    // The launches' logarithms of p50, less their mean, for the two rows of each remedy of the committed run.
    private static readonly Lazy<(double[] Without, double[] With)[]> s_noise = new(() => [.. NoiseOfRemedies()]);

    private static readonly Lazy<IReadOnlyList<CaseSummary>> s_cases = new(() => CaseSummary.All(
        RunReportJson.Read(Path.Combine(SourceState.Root, "artifacts", "baseline", RunReport.FileName))));

    [Fact]
    public void Interval_and_p_value_are_those_of_the_paired_t_test()
    {
        // Logarithms 0.1, 0.2 and 0.6: mean 0.3, standard error 0.1528, t = 1.964 with 2 degrees of freedom, whose quantile is 4.303.
        var ratio = PairedRatio.Of(ByLaunch(Math.Exp(0.1), Math.Exp(0.2), Math.Exp(0.6)), ByLaunch(1, 1, 1));

        Assert.Equal(0.1885, ratio.PValue, 4);
        Assert.Equal(Math.Exp(0.3), ratio.Ratio.Value!.Value, 9);
        Assert.Equal(Math.Exp(0.3 - 0.6573), ratio.Ratio.Low!.Value, 2);
        Assert.Equal(Math.Exp(0.3 + 0.6573), ratio.Ratio.High!.Value, 2);
    }

    [Fact]
    public void Only_launches_with_both_rows_are_paired()
    {
        var three = PairedRatio.Of(ByLaunch(2, 4, 6, 99), ByLaunch(1, 2, 3));

        Assert.Equal((3, 2.0), (three.Launches, Math.Round(three.Ratio.Value!.Value, 9)));
        // Rows that agree in every launch have no standard error.
        Assert.Equal(0, three.PValue);
        Assert.Equal(1, PairedRatio.Of(ByLaunch(1, 2, 3), ByLaunch(1, 2, 3)).PValue);
    }

    [Theory]
    [InlineData(0, "no launch measured both")]
    [InlineData(1, "a comparison needs 3 launches, this one has 1")]
    [InlineData(2, "a comparison needs 3 launches, this one has 2")]
    public void Few_launches_show_nothing(int launches, string reason)
    {
        double[] figures = [.. Enumerable.Repeat(1.0, launches)];
        var ratio = PairedRatio.Of(ByLaunch(figures), ByLaunch([.. figures.Select(figure => 1_000 * figure)]));

        Assert.Equal((1, reason), (ratio.PValue, ratio.Ratio.Withheld));
    }

    [Fact]
    public void Holm_corrects_step_by_step() => Assert.Equal(
        [0.06, 0.03, 0.06, 0.04],
        PairedFamily.HolmAdjusted([0.03, 0.0075, 0.04, 0.0133333333333]).Select(pValue => Math.Round(pValue, 9)));

    [Theory]
    [InlineData("swapped")]
    [InlineData("permuted")]
    [InlineData("redrawn")]
    public void Remedies_without_effect_make_a_false_claim_in_at_most_5_percent_of_reports(string draw)
    {
        var random = new Random(20_261_130);
        (int claims, int byRange) = (0, 0);
        for (int report = 0; report < Reports; report++)
        {
            double[][] logs = [.. s_noise.Value.Select(row => Draw(row.Without, row.With, draw, random))];
            claims += PairedFamily.Judge([.. logs.Select(PairedRatio.OfLogs)]).Any(ratio => ratio.IsShown) ? 1 : 0;
            // The former rule: all launches agree on the direction.
            byRange += logs.Any(row => row.Min() > 0 || row.Max() < 0) ? 1 : 0;
        }

        Assert.InRange(claims, 0, 0.05 * Reports);
        Assert.InRange(byRange, 0.2 * Reports, Reports);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Few_remedies_without_effect_keep_the_error_rate(int remedies)
    {
        var random = new Random(20_261_201);
        int claims = 0;
        for (int report = 0; report < Reports; report++)
        {
            (double[] Without, double[] With)[] rows = random.GetItems(s_noise.Value, remedies);
            claims += PairedFamily.Judge([.. rows.Select(row => PairedRatio.OfLogs(Draw(row.Without, row.With, "redrawn", random)))])
                .Any(ratio => ratio.IsShown) ? 1 : 0;
        }

        Assert.InRange(claims, 0, 0.05 * Reports);
    }

    [Fact]
    public void Halved_time_is_found_among_remedies_without_effect() =>
        Assert.InRange(FoundHalvedTimes(launches: 6), 0.6 * Reports, Reports);

    [Fact]
    public void Docs_state_how_often_a_run_of_all_cases_finds_a_halved_time() => Assert.Contains(
        FormattableString.Invariant($"is shown in {100.0 * FoundHalvedTimes(launches: null) / Reports:0} % of reports there"),
        string.Join(' ', MarkdownPage.Read("docs/reading-results.md").Lines),
        StringComparison.Ordinal);

    // In how many reports one remedy that halves the time is found. Without a number of launches, each row has those of the committed run.
    private static int FoundHalvedTimes(int? launches)
    {
        var random = new Random(20_261_202);
        int found = 0;
        for (int report = 0; report < Reports; report++)
        {
            double[][] logs = [.. s_noise.Value.Select(row => Draw(row.Without, row.With, "redrawn", random, launches))];
            int helpful = random.Next(logs.Length);
            logs[helpful] = [.. logs[helpful].Select(log => log + Math.Log(0.5))];
            found += PairedFamily.Judge([.. logs.Select(PairedRatio.OfLogs)])[helpful].IsShown ? 1 : 0;
        }

        return found;
    }

    [Fact]
    public void Equal_methods_have_a_cheapest_one_in_at_most_5_percent_of_reports()
    {
        var random = new Random(20_261_203);
        double[][] noise =
        [
            .. from one in s_cases.Value
               where !one.Id.IsReference
               group LogsOf(one) by one.Id.Method into method
               let launches = Enumerable.Range(0, method.Min(logs => logs.Length))
               select Centered([.. launches.Select(launch => method.Average(logs => logs[launch]))]),
        ];
        int claims = 0;
        for (int report = 0; report < Reports; report++)
        {
            RankedMethod[] methods =
                [.. noise.Take(15).Select((logs, method) => Ranked($"method {method}", random.GetItems(logs, logs.Length)))];
            claims += new Ranking(Quantity.Latency, methods).Cheapest.Count == 1 ? 1 : 0;
        }

        Assert.InRange(claims, 0, 0.05 * Reports);

        static RankedMethod Ranked(string name, double[] logs)
        {
            Dictionary<int, double> byLaunch = ByLaunch([.. logs.Select(Math.Exp)]);
            return new RankedMethod(name, Figure.Of(byLaunch.Values), byLaunch);
        }
    }

    private static IEnumerable<(double[] Without, double[] With)> NoiseOfRemedies()
    {
        var byId = s_cases.Value.ToDictionary(one => one.Id);
        foreach (RemedyAdvice remedy in RemedyAdvice.All)
        {
            foreach (CaseSummary without in s_cases.Value.Where(
                one => (one.Id.Method, one.Id.Function) == (remedy.Without, remedy.Function)))
            {
                if (byId.TryGetValue(without.Id.By(remedy.With), out CaseSummary? with))
                {
                    int launches = Math.Min(without.Launches, with.Launches);
                    yield return (Centered(LogsOf(without)[..launches]), Centered(LogsOf(with)[..launches]));
                }
            }
        }
    }

    // Makes the logarithms of the ratios of two rows without a difference, from the noise of two rows.
    private static double[] Draw(double[] without, double[] with, string draw, Random random, int? launches = null)
    {
        switch (draw)
        {
            // The two rows of a launch change places at random.
            case "swapped":
                return [.. with.Zip(without, (one, other) => Sign() * (one - other))];
            // Also, each row's launches come in a random order.
            case "permuted":
                (double[] first, double[] second) = ([.. with], [.. without]);
                random.Shuffle(first);
                random.Shuffle(second);
                return [.. first.Zip(second, (one, other) => Sign() * (one - other))];
            // Both rows have the noise of one of them, and each draws its launches anew.
            default:
                double[] either = random.Next(2) == 0 ? with : without;
                int redrawn = launches ?? either.Length;
                return [.. random.GetItems(either, redrawn).Zip(random.GetItems(either, redrawn), (one, other) => one - other)];
        }

        int Sign() => random.Next(2) == 0 ? 1 : -1;
    }

    private static double[] LogsOf(CaseSummary one) => [.. one.P50ByLaunch.OrderBy(each => each.Key).Select(each => Math.Log(each.Value))];

    private static double[] Centered(double[] logs)
    {
        double mean = logs.Average();
        return [.. logs.Select(log => log - mean)];
    }

    private static Dictionary<int, double> ByLaunch(params double[] figures) =>
        figures.Index().ToDictionary(each => each.Index + 1, each => each.Item);
}
