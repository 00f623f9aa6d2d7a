using WorkerRpc.Benchmarks.Analysis.Comparing;
using WorkerRpc.Benchmarks.Results.Pools;

namespace WorkerRpc.Tests.Analysis.Comparing;

public class DecisionRuleTests
{
    private const int Pairs = 14;
    private const int Draws = 200;
    private const double Noise = 0.02;

    private static readonly DecisionRule s_rule = new(MadeUpPairs.Cases, Metric.All);

    [Fact]
    public void Identical_code_is_flagged_within_stated_error_rate()
    {
        int flagged = Enumerable.Range(0, Draws)
            .Count(seed => s_rule.Decide(MadeUpPairs.Of(Pairs, seed, Noise), seed).Any(answer => answer.IsFlag));

        // At the stated error rate of 1 %, 8 or more flags in 200 draws have a probability of 0.1 %.
        Assert.InRange(flagged, 0, 7);
    }

    [Theory]
    [InlineData(1.10, 190)]
    [InlineData(1.05, 150)]
    public void Only_the_slower_case_is_flagged(double times, int least)
    {
        IReadOnlyList<Answer>[] draws =
            [.. Enumerable.Range(0, Draws).Select(seed => s_rule.Decide(MadeUpPairs.Of(Pairs, seed, Noise, SlowedBy(times)), seed))];

        Assert.InRange(draws.Count(answers => Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement == Judgement.Slower), least, Draws);
        Assert.InRange(draws.Count(answers => OtherCases(answers).Any(answer => answer.IsFlag)), 0, 7);
    }

    [Fact]
    public void SlowCalls_finds_tail_that_percentiles_miss()
    {
        // 2 % more slow calls do not change the p95, and change the p99 by less than its noise.
        IReadOnlyList<Answer> answers = s_rule.Decide(
            MadeUpPairs.Of(Pairs, 1, Noise, (name, figures) => name == MadeUpPairs.Slowed
                ? figures with { SlowShare = figures.SlowShare + 0.02 }
                : figures),
            1);

        Answer answer = Assert.Single(answers, answer => answer.IsFlag);
        Assert.Equal((MadeUpPairs.Slowed, Metric.SlowCalls, Judgement.Slower), (answer.Case, answer.Metric, answer.Judgement));
        Assert.InRange(answer.Change!.Value, 0.018, 0.022);
    }

    [Fact]
    public void Small_change_of_every_case_flags_all_cases_together()
    {
        // Below the margin of a single case.
        IReadOnlyList<Answer> answers = s_rule.Decide(
            MadeUpPairs.Of(Pairs, 3, Noise / 4, (_, figures) => figures with { P50Ns = figures.P50Ns * 1.025 }), 3);

        Answer answer = Assert.Single(answers, answer => answer.IsFlag);
        Assert.Null(answer.Case);
        Assert.Equal(Judgement.Slower, answer.Judgement);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(Pairs)]
    public void Swapping_base_and_head_gives_opposite_answers(int count)
    {
        Pairing[] pairs = MadeUpPairs.Of(count, 5, Noise, SlowedBy(1.3));

        IReadOnlyList<Answer> answers = s_rule.Decide(pairs, 7);
        IReadOnlyList<Answer> swapped = s_rule.Decide([.. pairs.Select(pair => new Pairing(pair.Current, pair.Base))], 7);

        Assert.Contains(answers, answer => answer.Judgement == Judgement.Slower);
        Assert.All(answers.Zip(swapped), each =>
        {
            Assert.Equal(Opposite(each.First.Judgement), each.Second.Judgement);
            Assert.Equal(-each.First.Change!.Value, each.Second.Change!.Value, 12);
            Assert.Equal(-each.First.Low!.Value, each.Second.High!.Value, 12);
        });
    }

    [Fact]
    public void Pair_order_does_not_matter_when_test_is_exact()
    {
        Pairing[] pairs = MadeUpPairs.Of(10, 8, Noise, SlowedBy(1.05));

        Assert.Equal(
            s_rule.Decide(pairs, 1).Select(answer => (answer.Name, answer.Metric.Name, answer.Judgement)),
            s_rule.Decide([.. pairs.Reverse()], 2).Select(answer => (answer.Name, answer.Metric.Name, answer.Judgement)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Too_few_pairs_flag_nothing(int count)
    {
        IReadOnlyList<Answer> answers = s_rule.Decide(MadeUpPairs.Of(count, 1, 0.001, (_, figures) => figures.Slower(10)), 1);

        Assert.DoesNotContain(answers, answer => answer.IsFlag);
        Assert.Equal(Judgement.TooNoisy, Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement);
        Assert.NotNull(Of(answers, MadeUpPairs.Slowed, Metric.P50).Note);
    }

    [Fact]
    public void Constant_change_is_flagged_with_fewest_pairs()
    {
        Assert.Null(DecisionRule.LevelOf(DecisionRule.LeastPairs - 1));

        IReadOnlyList<Answer> answers = s_rule.Decide(MadeUpPairs.Of(DecisionRule.LeastPairs, 1, 0, SlowedBy(1.3)), 1);

        Assert.Equal(Judgement.Slower, Of(answers, MadeUpPairs.Slowed, Metric.P50).Judgement);
        Assert.All(OtherCases(answers), answer => Assert.Equal(Judgement.Same, answer.Judgement));
    }

    [Fact]
    public void One_outlier_pair_flags_nothing()
    {
        Pairing[] pairs = MadeUpPairs.Of(Pairs, 2, Noise);
        pairs[3] = pairs[3] with { Current = pairs[3].Current.ToDictionary(one => one.Key, one => one.Value.Slower(4)) };

        IReadOnlyList<Answer> answers = s_rule.Decide(pairs, 2);

        Answer answer = Of(answers, MadeUpPairs.Slowed, Metric.P50);
        Assert.DoesNotContain(answers, one => one.IsFlag);
        Assert.Equal((Judgement.TooNoisy, 1), (answer.Judgement, answer.Outliers!.Worse));
        Assert.Contains("1 of 14 pairs by +2", answer.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Allocation_change_needs_two_percent_and_16_bytes()
    {
        Assert.Equal(Judgement.Same, Allocating(40, 55).Judgement);
        Assert.Equal(Judgement.Slower, Allocating(40, 57).Judgement);
        Assert.Equal(Judgement.Slower, Allocating(10_000, 10_250).Judgement);
        Assert.Equal(Judgement.Same, Allocating(10_000, 10_150).Judgement);
        Assert.Equal("more", Allocating(10_000, 10_250).Words);

        Answer Allocating(double before, double after)
        {
            IEnumerable<Pairing> pairs = MadeUpPairs.Of(Pairs, 1, Noise)
                .Select(pair => new Pairing(With(pair.Base, before), With(pair.Current, after)));
            return Of(s_rule.Decide([.. pairs], 1), MadeUpPairs.Slowed, Metric.Allocated);
        }

        static Dictionary<string, CaseFigures> With(IReadOnlyDictionary<string, CaseFigures> figures, double bytes) => figures.ToDictionary(
            one => one.Key, one => one.Key == MadeUpPairs.Slowed ? one.Value with { AllocatedBytes = bytes } : one.Value);
    }

    [Fact]
    public void Figure_missing_in_one_pair_is_too_noisy()
    {
        Pairing[] pairs = MadeUpPairs.Of(Pairs, 1, Noise, (_, figures) => figures.Slower(2));
        pairs[5] = pairs[5] with
        {
            Base = pairs[5].Base.ToDictionary(one => one.Key, one => one.Value with { P99Ns = null, Calls = 999 }),
        };

        Answer answer = Of(s_rule.Decide(pairs, 1), MadeUpPairs.Slowed, Metric.P99);

        Assert.Equal(
            (Judgement.TooNoisy, (double?)null, $"not known in 1 of {Pairs}: it needs 1000 calls"),
            (answer.Judgement, answer.Change, answer.Note));
    }

    [Fact]
    public void Answer_has_the_range_of_the_pairs()
    {
        double next = 0;
        Pairing[] pairs = MadeUpPairs.Of(Pairs, 1, 0, (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(++next) : figures);

        Answer answer = Of(s_rule.Decide(pairs, 1), MadeUpPairs.Slowed, Metric.P99);

        double p99 = MadeUpPairs.Plain.P99Ns!.Value;
        Assert.Equal(new Ranged(p99, p99, p99), answer.Base);
        Assert.Equal(new Ranged(p99 * (1 + Pairs) / 2, p99, p99 * Pairs), answer.Current);
        Assert.Equal(new Ranged(p99, null, null), Of(s_rule.Decide(pairs[..1], 1), MadeUpPairs.Slowed, Metric.P99).Base);
    }

    [Fact]
    public void TooNoisy_answer_reports_visible_change_and_pairs_needed()
    {
        Answer answer = Of(s_rule.Decide(MadeUpPairs.Of(Pairs, 4, 0.15), 4), MadeUpPairs.Slowed, Metric.P50);

        Assert.Equal(Judgement.TooNoisy, answer.Judgement);
        Assert.InRange(answer.Visible!.Value, 0.05, 1);
        Assert.InRange(answer.PairsNeeded!.Value, Pairs + 1, 10_000);
        // Twice the number of pairs that the answer asked for decides the case.
        Answer decided = Of(s_rule.Decide(MadeUpPairs.Of(2 * answer.PairsNeeded.Value, 4, 0.15), 4), MadeUpPairs.Slowed, Metric.P50);
        Assert.Equal(Judgement.Same, decided.Judgement);
    }

    [Fact]
    public void Flag_is_dropped_when_second_batch_does_not_confirm()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, SlowedBy(1.08));
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise);
        Assert.Contains(s_rule.Suspects(first), suspect => suspect.Case == MadeUpPairs.Slowed);

        Assert.DoesNotContain(Confirmed(first, second), answer => answer.IsFlag);
    }

    [Fact]
    public void Confirmed_flag_has_figures_of_second_batch()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, SlowedBy(1.30));
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise, SlowedBy(1.10));

        Answer answer = Of(Confirmed(first, second), MadeUpPairs.Slowed, Metric.P50);

        Assert.Equal(Judgement.Slower, answer.Judgement);
        Assert.InRange(Math.Exp(answer.Change!.Value), 1.07, 1.13);
    }

    [Fact]
    public void Flag_is_dropped_when_second_batch_shows_opposite()
    {
        Pairing[] first = MadeUpPairs.Of(Pairs, 1, Noise, SlowedBy(1.2));
        Pairing[] second = MadeUpPairs.Of(Pairs, 2, Noise, SlowedBy(1 / 1.2));

        Assert.DoesNotContain(Confirmed(first, second), answer => answer.IsFlag);
    }

    [Theory]
    [InlineData(1.05)]
    [InlineData(3)]
    public void Change_that_all_cases_share_is_flagged_in_each(double times)
    {
        // A shared change must not raise the floor of the statistic.
        for (int seed = 0; seed < 20; seed++)
        {
            IReadOnlyList<Answer> answers =
                s_rule.Decide(MadeUpPairs.Of(8, seed, Noise / 4, (_, figures) => figures.Slower(times)), seed);
            Assert.All(answers.Where(answer => answer.Metric == Metric.P50), answer => Assert.Equal(Judgement.Slower, answer.Judgement));
        }
    }

    [Fact]
    public void One_process_in_five_twice_as_slow_is_never_the_same()
    {
        for (int seed = 0; seed < 100; seed++)
        {
            Pairing[] pairs = MadeUpPairs.Of(2 * Pairs, seed, Noise);
            for (int slow = 0; slow < pairs.Length; slow += 5)
            {
                pairs[slow] = pairs[slow] with { Current = pairs[slow].Current.ToDictionary(one => one.Key, one => one.Value.Slower(2)) };
            }

            Assert.NotEqual(Judgement.Same, Of(s_rule.Decide(pairs, seed), MadeUpPairs.Slowed, Metric.P50).Judgement);
            Assert.Contains(
                s_rule.Suspects(pairs[..Pairs]), suspect => suspect is { Case: MadeUpPairs.Slowed, Direction: Judgement.SomeSlower });
        }
    }

    private static IReadOnlyList<Answer> Confirmed(Pairing[] first, Pairing[] second) =>
        s_rule.Confirm(first, s_rule.Suspects(first), second, 1);

    private static Func<string, CaseFigures, CaseFigures> SlowedBy(double times) =>
        (name, figures) => name == MadeUpPairs.Slowed ? figures.Slower(times) : figures;

    // The answers for single cases, without the slowed case and without the answer for all cases together.
    private static IEnumerable<Answer> OtherCases(IReadOnlyList<Answer> answers) =>
        answers.Where(answer => answer.Case is { } name && name != MadeUpPairs.Slowed);

    private static Answer Of(IReadOnlyList<Answer> answers, string name, Metric metric) =>
        answers.Single(answer => answer.Case == name && answer.Metric == metric);

    private static Judgement Opposite(Judgement judgement) => judgement switch
    {
        Judgement.Slower => Judgement.Faster,
        Judgement.Faster => Judgement.Slower,
        var other => other,
    };
}
